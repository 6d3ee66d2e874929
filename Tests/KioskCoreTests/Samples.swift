import KioskCore
import Secrets

/// A mall with one service that asks nothing and one that asks for a NIK.
enum Samples {
    static let disdukcapil = AgencyID("disdukcapil")!
    static let polresta = AgencyID("polresta")!
    static let empty = AgencyID("belum-ada")!
    static let information = ServiceKey(polresta, ServiceID("informasi")!)
    static let familyCard = ServiceKey(disdukcapil, ServiceID("kartu-keluarga")!)

    static let site: Site = {
        let found = Provenance(basis: .found, source: "contoh")
        func service(_ key: ServiceKey, _ prefix: String, _ identification: Service.Identification) -> Service {
            Service(id: key.service, name: key.service.rawValue, prefix: prefix, identification: identification, provenance: found)
        }
        return Site(
            id: SiteID("contoh")!, name: "MPP Contoh", city: "Kota Contoh", place: "", timeZone: .jakarta,
            kiosks: [Kiosk(id: KioskID("mpp-1")!, letter: "A")],
            agencies: [
                Agency(
                    id: disdukcapil, name: "Disdukcapil", kind: "pemda", provenance: found,
                    services: [service(familyCard, "KK", .nik)]),
                Agency(
                    id: polresta, name: "Polresta", kind: "vertikal", provenance: found, services: [service(information, "PI", .none)]),
                Agency(id: empty, name: "Belum ada layanan", kind: "pemda", provenance: found, services: []),
            ])
    }()

    /// The ticket of the current visit, and one of a visit before.
    static let ticket = makeTicket(1)
    static let lateTicket = makeTicket(2)
    static let firstCopy = PrintCopy(ticket.id, number: 1)

    static func makeTicket(_ seed: UInt64) -> Ticket {
        Ticket(
            id: TicketID(UUIDv7(time: WallTime(milliseconds: 1_795_305_600_000), random: (seed, seed))),
            number: TicketNumber(series: "PIA", ordinal: Int(seed)), service: information, day: ServiceDay(number: 20_778),
            issuedAt: WallTime(milliseconds: 1_795_305_600_000), claimCode: "7K3M9QXD2F")
    }

    static let emergency = Emergency(since: 1_795_305_600_000, indonesian: "Mohon keluar.")
    static let nik = Secret("1471114101900001".utf8)
    static let pointer = Secret([0x04, 0x5A, 0x31, 0xB2, 0x1C, 0x64, 0x80])
    static let booking = Booking(service: familyCard, reference: Secret("B-17".utf8))
    static let otherMall = Booking(service: ServiceKey(disdukcapil, ServiceID("lain")!))

    /// What can be held before the kiosk.
    static let presentations: [Presentation] = [
        .card(pointer), .anonymousCard, .booking(booking), .unknownCode,
    ]
    /// What the centre can say of a card.
    static let findings: [SessionMachine.CardFinding] = [.resident(nik: nik), .unknown, .unanswered]
}

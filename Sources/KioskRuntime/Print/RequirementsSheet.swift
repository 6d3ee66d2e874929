public import DeviceSocket
public import KioskCore
public import PaperTemplates

/// The requirements of a service (`persyaratan.receipt`), to tick off at home.
public struct RequirementsSheet: Sendable {
    /// The sheet's own; its first line.
    public var printID: PrintID
    let site: Site
    let agency: Agency
    let service: Service
    let standard: ServiceStandard

    /// Why there is no sheet.
    public enum Missing: Error, Hashable, Sendable, CustomStringConvertible {
        /// The site has no such service; the ones it has.
        case service([ServiceKey])
        /// No source has told what the service asks for.
        case standard(ServiceKey)

        public var description: String {
            switch self {
            case .service(let known):
                "the site has no such service; name one of \(known.map(\.description).joined(separator: ", "))"
            case .standard(let key):
                "the site does not say what \(key) asks for, so there is no sheet; write `standard:` for it into site.yaml, with its "
                    + "source, and compile the site: anjungan site check NAME"
            }
        }
    }

    public init(_ key: ServiceKey, of site: Site, printID: PrintID) throws(Missing) {
        guard let agency = site.agency(key.agency), let service = site.service(key) else {
            throw .service(site.agencies.flatMap { agency in agency.services.map { ServiceKey(agency.id, $0.id) } })
        }
        guard let standard = service.standard else { throw .standard(key) }
        (self.printID, self.site, self.agency, self.service, self.standard) = (printID, site, agency, service, standard)
    }

    /// For `persyaratan.receipt`, in Indonesian.
    public var fields: Fields {
        func optional(_ text: String?) -> FieldValue { text.map { .text($0) } ?? .absent }
        let notes = [caution, standard.remark].compactMap(\.self).joined(separator: " ")
        return [
            "print_id": .text(printID.rawValue), "mall": .text(site.name), "city": .text(site.city), "agency": .text(agency.name),
            "service": .text(service.name), "requirements": .list(standard.requirements.map { .text($0) }),
            "duration": optional(standard.duration), "cost": optional(standard.cost), "legal_basis": optional(standard.legalBasis),
            "note": notes.isEmpty ? .absent : .text(notes), "url": optional(standard.url),
            "date": .text(ServiceDay(iso8601: standard.asOf)?.indonesian ?? standard.asOf),
        ]
    }

    /// Nobody takes what is usual elsewhere for this mall's word.
    private var caution: String? {
        switch standard.provenance.basis {
        case .found: nil
        case .inferred: "Umum menurut sumber terbuka; belum dipastikan oleh \(site.name)."
        case .sample: "CONTOH, bukan persyaratan yang berlaku."
        }
    }
}

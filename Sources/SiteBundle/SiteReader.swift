import KioskCore
import StrictYAML

/// Turns the mapping of one `site.yaml` into a ``Site``.
struct SiteReader {
    let id: SiteID
    let root: YAMLMapping
    private let names: NameBook
    /// The addresses behind the short keys that entries name as their `sumber`.
    private let sources: [String: String]

    init(id: SiteID, root: YAMLMapping) {
        self.id = id
        self.root = root
        names = NameBook(root)
        sources = Self.readSources(root)
    }

    func read() -> Site? {
        readIdentity()
        let name = root.required("name")?.text(Self.nameLength)
        let city = root.required("city")?.text(Self.nameLength)
        let place = root.required("place")?.text(Self.nameLength)
        let zone = root.required("time_zone")?.oneOf(TimeZoneOfIndonesia.self)
        let kiosks = root.required("kiosks")?.list(count: 1...25) { $0.mapping(readKiosk) }
        let agencies = root.required("agencies")?.list(count: 1...1000) { $0.mapping(readAgency) }
        names.refuseConfusablePrefixes()
        if let agencies, agencies.allSatisfy(\.services.isEmpty) {
            root.refuse("no agency has a service", remedy: "add “services:” to at least one agency")
        }
        guard let name, let city, let place, let zone, let kiosks, let agencies else { return nil }
        return Site(id: id, name: name, city: city, place: place, timeZone: zone, kiosks: kiosks, agencies: agencies)
    }

    /// What fits the screen's buttons and the ticket's lines.
    private static let nameLength = 1...120
    private static let slugRemedy = "use 2 to 40 of a-z, 0-9 and -"

    /// Ids are permanent, so the file says its own: a renamed folder must not rename a mall.
    private func readIdentity() {
        guard let value = root.required("id"), let own = value.parsed(remedy: Self.slugRemedy, SiteID.init), own != id else { return }
        value.refuse("“id” is “\(own)” in the folder “\(id)”", remedy: "give both the same name; a mall's id never changes")
    }

    private static func readSources(_ root: YAMLMapping) -> [String: String] {
        var sources: [String: String] = [:]
        _ = root.required("sources")?.mapping { keys in
            for (_, key, value) in keys.all() {
                if let address = value.text(1...500) { sources[key] = address }
            }
            return ()
        }
        return sources
    }

    private func readKiosk(_ keys: YAMLMapping) -> Kiosk? {
        let idValue = keys.required("id")
        let letterValue = keys.required("letter")
        let id = idValue?.parsed(remedy: Self.slugRemedy, KioskID.init)
        let letter = letterValue?.parsed(remedy: "use one letter from A to Z") { text in
            text.utf8.count == 1 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? text : nil
        }
        guard let idValue, let letterValue, let id, let letter else { return nil }
        if id == ManualSeries.writer {
            idValue.refuse("“\(id)” is the centre's own name for what it enters by hand", remedy: "give the kiosk another id")
        }
        if letter == ManualSeries.letter {
            letterValue.refuse("“\(letter)” stands in the numbers of printed sheets", remedy: "give the kiosk another letter")
        }
        names.add(kiosk: id, at: idValue)
        names.add(letter: letter, at: letterValue)
        return Kiosk(id: id, letter: letter)
    }

    private func readAgency(_ keys: YAMLMapping) -> Agency? {
        let idValue = keys.required("id")
        let id = idValue?.parsed(remedy: Self.slugRemedy, AgencyID.init)
        let name = keys.required("name")?.text(Self.nameLength)
        let kind = keys.required("kind")?.text(Self.nameLength)
        let provenance = readProvenance(keys)
        let services = readServices(keys, of: id?.rawValue ?? "\(keys.place)")
        guard let idValue, let id, let name, let kind, let provenance, let services else { return nil }
        names.add(agency: id, at: idValue)
        return Agency(id: id, name: name, kind: kind, provenance: provenance, services: services)
    }

    /// An agency that is in the mall may have no service of which a source is known; the screen then leaves it out.
    private func readServices(_ keys: YAMLMapping, of agency: String) -> [Service]? {
        guard let value = keys.optional("services") else { return [] }
        return value.list(count: 1...1000) { item in item.mapping { readService($0, of: agency) } }
    }

    private func readService(_ keys: YAMLMapping, of agency: String) -> Service? {
        let idValue = keys.required("id")
        let prefixValue = keys.required("prefix")
        let id = idValue?.parsed(remedy: Self.slugRemedy, ServiceID.init)
        let name = keys.required("name")?.text(Self.nameLength)
        let prefix = prefixValue?.parsed(remedy: "use 1 to 3 of A-Z and 0-9, a letter first", Self.prefix)
        let identification = keys.optional("identification").map { $0.oneOf(Service.Identification.self) } ?? Service.Identification.none
        let provenance = readProvenance(keys)
        let standardValue = keys.optional("standard")
        let standard = standardValue?.mapping(readStandard)
        guard let idValue, let prefixValue, let id, let name, let prefix, let identification, let provenance,
            standardValue == nil || standard != nil
        else { return nil }
        names.add(service: "\(agency)/\(id)", at: idValue)
        names.add(prefix: prefix, at: prefixValue)
        return Service(id: id, name: name, prefix: prefix, identification: identification, provenance: provenance, standard: standard)
    }

    private func readStandard(_ keys: YAMLMapping) -> ServiceStandard? {
        let requirements = keys.required("requirements")?.list(count: 1...40) { $0.text(1...200) }
        let url = keys.optional("url")
        let address = url?.parsed(remedy: "write an address of at most 300 characters, beginning with https://") { text in
            text.hasPrefix("https://") && text.utf8.count <= 300 ? text : nil
        }
        let day = keys.required("as_of")?.parsed(remedy: "write the day on which the source said so, like \"2026-11-21\"") {
            ServiceDay(iso8601: $0)
        }
        let texts = ["duration", "cost", "legal_basis", "remark"].map { keys.optional($0) }
        let words = texts.map { $0?.text(1...200) }
        let provenance = readProvenance(keys)
        guard let requirements, let day, let provenance, url == nil || address != nil,
            zip(texts, words).allSatisfy({ $0 == nil || $1 != nil })
        else { return nil }
        return ServiceStandard(
            requirements: requirements, duration: words[0], cost: words[1], legalBasis: words[2], remark: words[3], url: address,
            asOf: day.description, provenance: provenance)
    }

    private static func prefix(_ text: String) -> String? {
        let letters: ClosedRange<UInt8> = 0x41...0x5A
        let digits: ClosedRange<UInt8> = 0x30...0x39
        guard (1...3).contains(text.utf8.count), let first = text.utf8.first, letters.contains(first) else { return nil }
        return text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) } ? text : nil
    }

    private func readProvenance(_ keys: YAMLMapping) -> Provenance? {
        let basis = keys.required("basis")?.oneOf(Provenance.Basis.self)
        let source = keys.required("sumber")?.parsed(remedy: "name a key of “sources”, or add it there") { sources[$0] }
        let noteValue = keys.optional("note")
        let note = noteValue?.text(1...300)
        guard let basis, let source, noteValue == nil || note != nil else { return nil }
        return Provenance(basis: basis, source: source, note: note)
    }
}

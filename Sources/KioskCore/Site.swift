/// A mall as its kiosks know it: what `SiteBundle` compiles and `anjungan run` loads.
public struct Site: Hashable, Sendable, Codable {
    public var id: SiteID
    /// What the mall calls itself, e.g. "MPP Pekanbaru".
    public var name: String
    /// The city or regency, e.g. "Kota Pekanbaru".
    public var city: String
    public var place: String
    public var timeZone: TimeZoneOfIndonesia
    public var kiosks: [Kiosk]
    public var agencies: [Agency]

    public init(
        id: SiteID, name: String, city: String, place: String, timeZone: TimeZoneOfIndonesia, kiosks: [Kiosk], agencies: [Agency]
    ) {
        self.id = id
        self.name = name
        self.city = city
        self.place = place
        self.timeZone = timeZone
        self.kiosks = kiosks
        self.agencies = agencies
    }

    public func agency(_ id: AgencyID) -> Agency? { agencies.first { $0.id == id } }

    public func service(_ key: ServiceKey) -> Service? {
        agency(key.agency)?.services.first { $0.id == key.service }
    }

    public func kiosk(_ id: KioskID) -> Kiosk? { kiosks.first { $0.id == id } }
}

/// One kiosk of a mall. Its letter stands in every number that it issues, so that no two kiosks issue the same.
public struct Kiosk: Hashable, Sendable, Codable {
    public var id: KioskID
    /// One letter A to Z, unique in the mall, and never ``ManualSeries/letter``.
    public var letter: String
    public init(id: KioskID, letter: String) {
        self.id = id
        self.letter = letter
    }
}

/// One tenant of a mall and what it offers there. Without services it is not on the screen.
public struct Agency: Hashable, Sendable, Codable {
    public var id: AgencyID
    public var name: String
    /// pemda, provinsi, vertikal, bumn, bumd, bank, asosiasi, … as the source calls it.
    public var kind: String
    public var provenance: Provenance
    public var services: [Service]

    public init(id: AgencyID, name: String, kind: String, provenance: Provenance, services: [Service]) {
        self.id = id
        self.name = name
        self.kind = kind
        self.provenance = provenance
        self.services = services
    }
}

/// What a citizen can take a number for.
public struct Service: Hashable, Sendable, Codable {
    public var id: ServiceID
    public var name: String
    /// 1 to 3 characters, a letter first; unique in the mall, also with a kiosk's letter or ``ManualSeries/letter`` behind it.
    public var prefix: String
    public var identification: Identification
    public var provenance: Provenance
    /// What it asks for and costs; nil where no source says that.
    public var standard: ServiceStandard?

    /// What the service asks of the citizen before it gives a number.
    public enum Identification: String, Hashable, Sendable, Codable, CaseIterable {
        case none, nik
    }

    public init(
        id: ServiceID, name: String, prefix: String, identification: Identification, provenance: Provenance,
        standard: ServiceStandard? = nil
    ) {
        self.id = id
        self.name = name
        self.prefix = prefix
        self.identification = identification
        self.provenance = provenance
        self.standard = standard
    }
}

/// What of a service its provider must publish, as far as a source says it (UU 25/2009 article 21): the requirements sheet shows it.
public struct ServiceStandard: Hashable, Sendable, Codable {
    /// What the citizen brings, at least one thing.
    public var requirements: [String]
    public var duration: String?
    public var cost: String?
    public var legalBasis: String?
    /// For the citizen; not the note of ``provenance``, which is for whoever keeps the file.
    public var remark: String?
    /// Where all of it can be read.
    public var url: String?
    /// The day on which the source said so, `YYYY-MM-DD`.
    public var asOf: String
    public var provenance: Provenance

    enum CodingKeys: String, CodingKey {
        case requirements, duration, cost, remark, url, provenance
        case legalBasis = "legal_basis"
        case asOf = "as_of"
    }

    public init(
        requirements: [String], duration: String? = nil, cost: String? = nil, legalBasis: String? = nil, remark: String? = nil,
        url: String? = nil, asOf: String, provenance: Provenance
    ) {
        self.requirements = requirements
        self.duration = duration
        self.cost = cost
        self.legalBasis = legalBasis
        self.remark = remark
        self.url = url
        self.asOf = asOf
        self.provenance = provenance
    }
}

/// Where a fact about a mall comes from, so that nobody takes an inference for a finding.
public struct Provenance: Hashable, Sendable, Codable {
    public enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
        /// Read in the source.
        case found
        /// Typical of this kind of agency; not found for this mall.
        case inferred
        /// Made up to show the program; never shown to citizens as a fact.
        case sample
    }
    public var basis: Basis
    /// The source's address or name.
    public var source: String
    public var note: String?

    enum CodingKeys: String, CodingKey {
        case basis, note
        case source = "sumber"
    }

    public init(basis: Basis, source: String, note: String? = nil) {
        self.basis = basis
        self.source = source
        self.note = note
    }
}

/// A service within its agency, written `agency/service`.
public struct ServiceKey: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    public var agency: AgencyID
    public var service: ServiceID

    public init(_ agency: AgencyID, _ service: ServiceID) {
        self.agency = agency
        self.service = service
    }

    /// Reads `agency/service`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let agency = AgencyID(parts[0]), let service = ServiceID(parts[1]) else { return nil }
        self.init(agency, service)
    }

    public var description: String { "\(agency)/\(service)" }
    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.agency, lhs.service) < (rhs.agency, rhs.service) }
}

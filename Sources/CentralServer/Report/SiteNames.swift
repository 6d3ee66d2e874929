public import KioskCore

/// What the agencies and services of sites are called, as far as a centre was told.
public struct SiteNames: Hashable, Sendable {
    private var agencies: [String: String] = [:]
    private var services: [String: String] = [:]

    /// Where two sites name the same slug differently, the first one's word holds.
    public init(_ sites: [Site] = []) {
        for agency in sites.flatMap(\.agencies) {
            agencies[agency.id.rawValue] = agencies[agency.id.rawValue] ?? agency.name
            for service in agency.services {
                let key = "\(agency.id)/\(service.id)"
                services[key] = services[key] ?? service.name
            }
        }
    }

    /// What an agency is called; `nil` when nobody said.
    public func agency(_ agency: String) -> String? { agencies[agency] }

    /// What a service of an agency is called; `nil` when nobody said.
    public func service(_ agency: String, _ service: String) -> String? { services["\(agency)/\(service)"] }
}

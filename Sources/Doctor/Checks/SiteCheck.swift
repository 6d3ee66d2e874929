import Conditions
import KioskCore
import KioskRuntime
import SiteBundle

/// Whether the compiled mall is whole, is the configured one and has this kiosk.
enum SiteCheck {
    static func examine(_ configuration: Configuration) -> (Finding, Site?) {
        let site: Site
        do throws(BundleError) {
            site = try CompiledSite.load(configuration.siteBundle).site
        } catch {
            return (.wrong(.site, .siteInvalid, Words(both: error.description)), nil)
        }
        guard site.id == configuration.site else {
            let detail = Words(
                "\(configuration.siteBundle) adalah mal \(site.id), konfigurasi menyebut \(configuration.site)",
                "\(configuration.siteBundle) is the mall \(site.id), the configuration says \(configuration.site)")
            return (.wrong(.site, .siteInvalid, detail), site)
        }
        guard let kiosk = site.kiosk(configuration.kiosk) else {
            let known = site.kiosks.map(\.id.rawValue).joined(separator: ", ")
            let detail = Words(
                "\(site.id) tidak punya anjungan \(configuration.kiosk), hanya \(known)",
                "\(site.id) has no kiosk \(configuration.kiosk), only \(known)")
            return (.wrong(.site, .siteInvalid, detail), site)
        }
        let agencies = site.agencies.filter { !$0.services.isEmpty }.count
        let services = site.agencies.map(\.services.count).reduce(0, +)
        let detail = Words(
            "\(site.name): \(agencies) instansi, \(services) layanan, anjungan \(kiosk.id) (\(kiosk.letter))",
            "\(site.name): \(agencies) agencies, \(services) services, kiosk \(kiosk.id) (\(kiosk.letter))")
        return (.sound(.site, detail), site)
    }

    /// The same, where the running kiosk was told by its centre to run another bundle.
    static func compared(_ finding: Finding, with status: KioskStatus?) -> Finding {
        guard finding.condition == nil, let notices = status?.notices, notices.isOutdated, let wanted = notices.wantedBundle else {
            return finding
        }
        return .wrong(
            .site, .siteOutdated,
            Words("yang berjalan \(notices.bundle), yang diminta \(wanted)", "\(notices.bundle) runs, \(wanted) is asked for"))
    }
}

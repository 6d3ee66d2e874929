import Conditions
import Enrolment
import KioskCore
import KioskRuntime

/// Whether this kiosk has a certificate of its centre, and how long it lasts. Whether the centre believes it, the centre says.
enum EnrolmentCheck {
    static func examine(_ configuration: Configuration, _ zone: TimeZoneOfIndonesia, now: WallTime) -> Finding {
        guard let url = configuration.centreURL, url.hasPrefix("https:") else {
            return .sound(.enrolment, Words("tidak perlu tanpa TLS", "not needed without TLS"))
        }
        let identity: DeviceIdentity?
        do throws(EnrolmentError) {
            identity = try DeviceIdentity.load(folder: configuration.enrolmentDirectory)
        } catch {
            return .wrong(.enrolment, .certificateMissing, Words(both: error.detail))
        }
        guard let certificate = identity?.certificate else {
            let folder = configuration.enrolmentDirectory
            return .wrong(.enrolment, .certificateMissing, Words("\(folder) kosong", "\(folder) holds none"))
        }
        let own = DeviceName(site: configuration.site, kiosk: configuration.kiosk)
        guard certificate.name == own else {
            return .wrong(
                .enrolment, .certificateForeign,
                Words("sertifikat milik \(certificate.name), bukan \(own)", "the certificate is of \(certificate.name), not of \(own)"))
        }
        let (begins, ends) = (local(certificate.begins, zone), local(certificate.ends, zone))
        let days = (certificate.ends.milliseconds - now.milliseconds) / 86_400_000
        switch certificate.age(at: now) {
        case .early: return .wrong(.enrolment, .certificateEarly, Words("mulai \(begins)", "it begins \(begins)"))
        case .expired: return .wrong(.enrolment, .certificateExpired, Words("berakhir \(ends)", "it ended \(ends)"))
        case .ending: return .wrong(.enrolment, .certificateEnding, Words("\(days) hari lagi", "\(days) days left"))
        case .fresh, .due:
            return .sound(.enrolment, Words("\(own), \(days) hari lagi, sampai \(ends)", "\(own), \(days) days left, until \(ends)"))
        }
    }
}

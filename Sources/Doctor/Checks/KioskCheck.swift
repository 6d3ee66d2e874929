import Conditions
import Foundation
import KioskCore
import KioskRuntime
import SyncProtocol

/// Whether `anjungan run` runs, and as the kiosk that the configuration means.
enum KioskCheck {
    static func examine(_ status: Result<KioskStatus, any Error>, _ configuration: Configuration, _ zone: TimeZoneOfIndonesia) -> Finding {
        switch status {
        case .failure(let error):
            let (socket, why) = (configuration.technicianSocket, "\(error)")
            return .wrong(.kiosk, .kioskAway, Words(both: why.contains(socket) ? why : "\(socket): \(why)"))
        case .success(let status):
            guard status.site == configuration.site.rawValue, status.kiosk == configuration.kiosk.rawValue else {
                let own = "\(configuration.site)/\(configuration.kiosk)"
                let detail = Words(
                    "proses \(status.processID) adalah \(status.site)/\(status.kiosk), konfigurasi menyebut \(own); jalankan ulang anjungan",
                    "process \(status.processID) is \(status.site)/\(status.kiosk), the configuration says \(own); restart the kiosk")
                return .wrong(.kiosk, .configurationInvalid, detail)
            }
            if let called = status.notices?.emergencySince {
                let since = WallTime(iso8601: called).map { local($0, zone) } ?? called
                return .wrong(.kiosk, .emergency, Words("sejak \(since)", "since \(since)"))
            }
            let since = WallTime(iso8601: status.startedAt).map { local($0, zone) } ?? status.startedAt
            let tickets = status.tickets.issued
            return .sound(
                .kiosk,
                Words(
                    "proses \(status.processID) sejak \(since), \(tickets) tiket hari ini",
                    "process \(status.processID) since \(since), \(tickets) tickets today"))
        }
    }
}

import Conditions
import Enrolment
import KioskCore
import KioskRuntime
import SyncProtocol

/// Whether the centre answers, and takes this kiosk's entries.
enum CentreCheck {
    static func examine(
        _ configuration: Configuration, _ status: KioskStatus?, _ zone: TimeZoneOfIndonesia, _ instruments: Instruments
    ) async -> Finding {
        guard let base = configuration.centreURL else {
            return .sound(.centre, Words("tidak diatur (centre_url)", "none configured (centre_url)"))
        }
        let url = base + (base.hasSuffix("/") ? "" : "/") + "v1/health"
        // Where TLS is spoken, the doctor comes as the kiosk does; whether that has a certificate is another check's.
        let identity = base.hasPrefix("https:") ? try? DeviceIdentity.load(folder: configuration.enrolmentDirectory) : nil
        guard !base.hasPrefix("https:") || identity != nil else {
            return .skipped(.centre, Words("tidak diperiksa, lihat pendaftaran", "not examined, see the enrolment"))
        }
        let health = await within(.seconds(4)) {
            try await instruments.httpStatus(url, identity, identity == nil ? nil : try configuration.proxyWithLogin())
        }
        let told = contact(status, zone)
        // What only the kiosk can know comes first: an answer to us says nothing about its chain.
        if let centre = status?.centre, let condition = centre.condition, condition != .centreAway {
            return .wrong(.centre, condition, Words(both: centre.detail ?? base) + told)
        }
        switch health {
        case .failure(let error):
            return .wrong(.centre, .centreAway, Words(both: "\(url): \(error)") + told)
        case .success(let code) where code >= 500:
            return .wrong(.centre, .centreAway, Words(both: "\(url): HTTP \(code)") + told)
        case .success(let code) where !(200..<300).contains(code):
            return .wrong(.centre, .centreRefused, Words(both: "\(url): HTTP \(code)") + told)
        case .success:
            if let centre = status?.centre, centre.condition == .centreAway {
                let now = Words(
                    "\(base) menjawab sekarang, tetapi anjungan belum tersambung: ", "\(base) answers now, but not yet to the kiosk: ")
                return .wrong(.centre, .centreAway, now + Words(both: centre.detail ?? "?") + told)
            }
            return .sound(.centre, Words("\(base) menjawab", "\(base) answers") + told)
        }
    }

    /// What waits, and when the centre last answered the kiosk.
    private static func contact(_ status: KioskStatus?, _ zone: TimeZoneOfIndonesia) -> Words {
        guard let status else { return Words(both: "") }
        let waiting = status.journal.lanes.first { $0.lane == transactions }?.waiting ?? 0
        let last = status.centre.answeredAt.map { text in WallTime(iso8601: text).map { local($0, zone) } ?? text }
        return Words("; \(waiting) catatan menunggu, ", "; \(waiting) entries waiting, ")
            + (last.map { Words("terakhir menjawab anjungan \($0)", "last answered the kiosk \($0)") }
                ?? Words("belum pernah menjawab anjungan ini", "it has not answered this run of the kiosk yet"))
    }

    private static let transactions = Lane.transactions.description
}

import CUPSPrinting
import Conditions
import KioskRuntime

/// Whether the queue leads to the kiosk's printer, drops what fails, and takes jobs.
enum QueueCheck {
    static let policy = "abort-job"

    /// - Parameter trouble: what keeps the running kiosk from handing jobs to the spooler.
    static func examine(
        _ queue: Result<QueueInspection?, any Error>, trouble: ConditionCode?, _ configuration: Configuration
    ) -> [Finding] {
        let name = configuration.cupsQueue
        switch queue {
        case .failure(let error) where CUPSCheck.isAway(error):
            return [.skipped(.queue, Words("\(name): tidak diperiksa, CUPS tidak menjawab", "\(name): not examined, CUPS does not answer"))]
        case .failure(let error):
            return [.wrong(.queue, .spoolerRefused, Words(both: "\(name): \(error)"))]
        case .success(nil):
            return [
                .wrong(
                    .queue, .queueMissing,
                    Words(
                        "CUPS di \(configuration.cupsServer) tidak punya antrean \(name) (escpos:\(configuration.printerName))",
                        "CUPS at \(configuration.cupsServer) has no queue \(name) (escpos:\(configuration.printerName))"))
            ]
        case .success(let queue?):
            return judge(queue, trouble, configuration)
        }
    }

    private static func judge(_ queue: QueueInspection, _ trouble: ConditionCode?, _ configuration: Configuration) -> [Finding] {
        let name = configuration.cupsQueue
        let device = "escpos:\(configuration.printerName)"
        var findings: [Finding] = []
        let facts = [("device-uri", queue.deviceURI, device), ("printer-error-policy", queue.errorPolicy, policy)]
        let wrong = facts.filter { $0.1 != $0.2 }.map {
            Words("\($0.0) adalah \($0.1), seharusnya \($0.2)", "\($0.0) is \($0.1), it must be \($0.2)")
        }
        if !wrong.isEmpty { findings.append(.wrong(.queue, .queuePolicy, Words(both: "\(name): ") + wrong.joined(separator: "; "))) }
        var closed: [Words] = []
        if queue.isStopped { closed.append(Words("dihentikan, jalankan cupsenable \(name)", "stopped, run cupsenable \(name)")) }
        if !queue.acceptsJobs {
            closed.append(Words("menolak pekerjaan, jalankan cupsaccept \(name)", "rejecting jobs, run cupsaccept \(name)"))
        }
        if !closed.isEmpty { findings.append(.wrong(.queue, .spoolerRefused, Words(both: "\(name): ") + closed.joined(separator: "; "))) }
        guard findings.isEmpty else { return findings }
        if let trouble {
            return [
                .wrong(
                    .queue, trouble,
                    Words(
                        "\(name) tampak baik, tetapi anjungan tidak dapat mengirim pekerjaan ke sana",
                        "\(name) looks right, yet the kiosk cannot hand jobs to it"))
            ]
        }
        return [.sound(.queue, Words("\(name): \(device), \(policy), menerima pekerjaan", "\(name): \(device), \(policy), accepts jobs"))]
    }
}

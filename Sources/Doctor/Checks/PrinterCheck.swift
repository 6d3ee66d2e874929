import Conditions
import DeviceLayer
import KioskRuntime

/// Whether a ticket would come out: as the running kiosk knows it, or at least whether the printer takes a connection.
enum PrinterCheck {
    static func examine(
        _ configuration: Configuration, _ status: KioskStatus?, _ catalogue: ConditionCatalogue, _ instruments: Instruments
    ) async -> Finding {
        let name = "\(configuration.printerName) (\(configuration.printerModel), \(configuration.printerAddress))"
        if let status { return judge(status.printer, name, catalogue) }
        guard let address = PrinterAddress(configuration.printerAddress) else {
            return .skipped(.printer, Words("tidak diperiksa, lihat konfigurasi", "not examined, see the configuration"))
        }
        let attempt = await within(.seconds(5)) {
            switch address {
            case .tcp(let host, let port): try await instruments.connection(host, port)
            case .usb, .serial, .file: try await address.tryConnection()
            }
        }
        switch attempt {
        case .success:
            return .sound(
                .printer,
                Words(
                    "\(name) menerima sambungan; lebih dari itu hanya anjungan yang tahu",
                    "\(name) takes a connection; more than that only the kiosk knows"))
        case .failure(let error):
            return .wrong(.printer, .printerOffline, Words(both: "\(configuration.printerName) (\(configuration.printerModel)): \(error)"))
        }
    }

    private static func judge(_ printer: KioskStatus.Printer, _ name: String, _ catalogue: ConditionCatalogue) -> Finding {
        let badness: [Condition.Severity] = [.info, .warning, .error]
        // What the roll is told of stands in a line of its own, with what is left.
        let conditions = printer.conditions.filter { $0 != .mediaLow || printer.roll?.isLow != true }
        let worst = conditions.max { left, right in
            let severities = [left, right].map { badness.firstIndex(of: catalogue[$0].severity) ?? 0 }
            return severities[0] < severities[1]
        }
        guard let worst else {
            guard printer.isReady else {
                return .wrong(.printer, .printerSilent, Words("\(name): belum siap, tanpa alasan", "\(name): not ready, without a reason"))
            }
            return .sound(.printer, Words("\(name) siap", "\(name) is ready"))
        }
        let all = conditions.map(\.rawValue).joined(separator: ", ")
        return .wrong(.printer, worst, Words(both: "\(name): \(all)"))
    }
}

import Conditions
import DeviceLayer
import ESCPOS
import Journal
import KioskCore
import Logging
import ServiceLifecycle

/// Brings what the printer's sensors say of its roll to the journal, and tells technicians what that means.
struct RollWatch: ServiceLifecycle.Service {
    let device: PrinterDevice
    let journal: Journal
    let logger: Logger

    func run() async throws {
        for await status in device.statuses().cancelOnGracefulShutdown() {
            guard let report = RollMeter.Report(status) else { continue }
            do {
                for event in try await journal.recordRoll(of: device.name, report) { await tell(event) }
            } catch {
                // The next status brings it again; what is lost is only an estimate.
                logger.error("the state of the roll could not be kept", metadata: ["error": "\(error)"])
            }
        }
    }

    private func tell(_ event: RollMeter.Event) async {
        let tickets = try? await journal.roll(of: device.name)?.ticketsLeft
        switch event {
        case .low:
            logger.warning(
                "the roll is near its end; have a new one ready and change it when nobody waits",
                metadata: ["device": "\(device.name)", "tickets": "\(tickets.map { "about \($0)" } ?? "unknown")"])
        case .out: logger.warning("the roll has come to its end", metadata: ["device": "\(device.name)"])
        case .changed:
            logger.notice(
                "another roll was put in; print a test slip and read it back: anjungan printer test \(device.name)",
                metadata: ["device": "\(device.name)"])
        }
    }
}

extension RollMeter.Report {
    /// nil while the printer says nothing of its paper.
    init?(_ status: PrinterStatus) {
        let unheard: Set<ConditionCode> = [.printerOffline, .printerSilent]
        guard status.conditions.isDisjoint(with: unheard) else { return nil }
        self.init(
            isLow: status.conditions.contains(.mediaLow), isOut: status.conditions.contains(.mediaEmpty),
            coverIsOpen: status.conditions.contains(.coverOpen))
    }
}

extension RollMeter.Assumptions {
    /// A roll that fills its printer, by the area of its side, pi (D² - d²) / 4, and paper of 0.06 mm: 80 mm across on a core of 18 mm
    /// are 80 m, and 50 mm on 12 mm, usual with 58 mm paper, are 31 m.
    init(_ configuration: Configuration, _ model: PrinterModel) {
        let standard =
            switch model.paperWidth {
            case .mm80: 80
            case .mm58: 30
            }
        self.init(metres: configuration.rollLength ?? standard, nearEndMetres: configuration.rollNearEnd)
    }
}

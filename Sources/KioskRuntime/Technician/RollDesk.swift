import ESCPOS
import Journal
import KioskCore
import PaperTemplates
import SyncProtocol

/// What technicians do with the paper of a printer.
struct RollDesk: Sendable {
    let journal: Journal
    let model: PrinterModel
    /// Where the printer is reached.
    let address: String

    /// A test slip with a new code.
    func slip(of printer: String) async throws -> SlipOrder {
        let code = try await journal.newSlip(of: printer)
        let slip = TestSlip(printer: printer, address: address, model: model, code: code, isNoted: true)
        return SlipOrder(code: code, markup: slip.markup)
    }

    /// Somebody has read `code` on the slip.
    func prove(_ printer: String, code: String) async throws -> SlipProof {
        SlipProof(verdict: try await journal.proveRoll(of: printer, code: TestSlip.code(in: code)))
    }

    /// A new roll was put in where no sensor sees that.
    func renew(_ printer: String) async throws -> KioskStatus.Roll? {
        try await journal.recordNewRoll(of: printer)
        return try await journal.roll(of: printer).map(KioskStatus.Roll.init)
    }
}

extension KioskStatus.Roll {
    init(_ roll: RollRecord) {
        let (length, certainty): (Int?, PrinterRoll.Certainty) =
            switch roll.left {
            case .unknown: (nil, .unknown)
            case .atMost(let length): (length, .atMost)
            case .about(let length): (length, .about)
            }
        self.init(
            usedMillimetres: roll.meter.used / 1000, leftMillimetres: length.map { $0 / 1000 }, ticketsLeft: roll.ticketsLeft,
            certainty: certainty, isLow: roll.meter.isLow, changedAt: roll.changedAt?.iso, provenAt: roll.provenAt?.iso,
            isUnproven: roll.isUnproven)
    }
}

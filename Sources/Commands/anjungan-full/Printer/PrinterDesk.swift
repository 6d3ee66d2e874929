import Conditions
import DeviceLayer
import DeviceProfiles
import DeviceSocket
import Foundation
import KioskRuntime
import Logging

/// Where a technician's command reaches the printers: at the running kiosk, or by opening them itself.
enum PrinterDesk: Sendable {
    case kiosk(DeviceSocketClient)
    /// No kiosk runs: the device is ours for as long as the command takes, and the lock keeps a kiosk out.
    case own(PrinterDevice)

    /// Why a printer cannot be reached.
    struct Unreachable: Error, CustomStringConvertible {
        var description: String
    }

    static func open<Answer: Sendable>(
        _ configuration: Configuration, _ body: @Sendable (PrinterDesk) async throws -> Answer
    ) async throws -> Answer {
        let client = DeviceSocketClient(path: configuration.deviceSocket)
        do {
            _ = try await client.devices()
        } catch let failure as DeviceSocketClient.Failure where failure.code == .away {
            return try await withOwnDevice(configuration, body)
        }
        return try await body(.kiosk(client))
    }

    private static func withOwnDevice<Answer: Sendable>(
        _ configuration: Configuration, _ body: @Sendable (PrinterDesk) async throws -> Answer
    ) async throws -> Answer {
        let model = try DeviceProfiles.printer(named: configuration.printerModel, in: configuration.devicesDirectory)
        let address = try configuration.printer()
        let lock = try DeviceLock(besideSocket: configuration.deviceSocket)
        defer { lock.release() }
        let mark = SheetMark(besideSocket: configuration.deviceSocket)
        complain("no kiosk runs at \(configuration.deviceSocket); opening \(configuration.printerName) at \(address) directly")
        var logger = Logger(label: "printer") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let device = PrinterDevice(
            name: configuration.printerName, model: model, address: address, ledger: CommandLedger(mark: mark), interrupted: mark.isSet,
            logo: try configuration.storedLogo(model), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await device.run() }
            defer { group.cancelAll() }
            await untilKnown(device)
            return try await body(.own(device))
        }
    }

    /// What a printer is called before it has answered.
    private static let uncertain: Set<ConditionCode> = [.printerOffline, .printerSilent]

    /// A printer that was just opened may answer soon, or never.
    private static func untilKnown(_ device: PrinterDevice) async {
        await withTaskGroup { group in
            group.addTask {
                for await status in device.statuses() where status.isReady || !status.conditions.subtracting(Self.uncertain).isEmpty {
                    return
                }
            }
            group.addTask {
                // Cancelled when the printer was faster.
                try? await ContinuousClock().sleep(for: .seconds(6))
            }
            await group.next()
            group.cancelAll()
        }
    }

    func devices() async throws -> [DeviceDescription] {
        switch self {
        case .kiosk(let client): try await client.devices()
        case .own(let device): [await device.description()]
        }
    }

    /// The named device; without a name the only one.
    func device(_ name: String?) async throws -> DeviceDescription {
        let devices = try await devices()
        let known = devices.map(\.name).joined(separator: ", ")
        guard let name else {
            guard devices.count == 1 else { throw Unreachable(description: "there are several printers: name one of \(known)") }
            return devices[0]
        }
        guard let device = devices.first(where: { $0.name == name }) else {
            throw Unreachable(description: "there is no printer “\(name)” here; name one of \(known)")
        }
        return device
    }

    func identity(of name: String) async throws -> DeviceIdentity {
        switch self {
        case .kiosk(let client): try await client.identity(of: name)
        case .own(let device): await device.introduction()
        }
    }

    func watch(_ name: String, _ body: @Sendable (PrinterStatus) -> Void) async throws {
        switch self {
        case .kiosk(let client): try await client.watch(name) { body($0) }
        case .own(let device): for await status in device.statuses() { body(status) }
        }
    }

    /// For a print of a technician, which is no ticket.
    static func newID() -> PrintID {
        guard let id = PrintID("foreign:\(UUID().uuidString.lowercased())") else { preconditionFailure("a UUID is visible ASCII") }
        return id
    }

    /// Prints once, whoever else prints; each element of `cancellations` takes it back.
    /// - Parameter patience: seconds until that happens at the latest.
    func print(
        _ bytes: [UInt8], title: String, as id: PrintID, on name: String, patience: Int, cancellations: AsyncStream<Void>,
        onStatus: @escaping @Sendable (PrinterStatus) -> Void
    ) async throws -> PrintResult {
        switch self {
        case .kiosk(let client):
            let request = PrintRequest(device: name, id: id, title: title, user: "technician")
            // It has its say at the latest when it has taken the print back.
            return try await client.print(
                request, bytes, silence: .seconds(patience + 30), cancellations: cancellations, onStatus: onStatus)
        case .own(let device):
            return await withTaskGroup(of: Void.self) { group in
                group.addTask { for await status in device.statuses() { onStatus(status) } }
                group.addTask { for await _ in cancellations { _ = await device.cancel(id) } }
                defer { group.cancelAll() }
                return await device.print(id, bytes)
            }
        }
    }
}

/// The ledger of one command: every print of it has a new id, and none outlives it. What does is the mark, for whoever opens
/// the printer next, unless all of the sheet has come out.
private actor CommandLedger: PrintLedger {
    private let mark: SheetMark
    private var begun: Set<PrintID> = []
    private var settled: [PrintID: PrintResult] = [:]

    init(mark: SheetMark) { self.mark = mark }

    func begin(_ id: PrintID) throws -> LedgerAnswer {
        if let result = settled[id] { return .settled(result) }
        guard !begun.contains(id) else { return .underWay }
        try mark.set()
        begun.insert(id)
        return .begun
    }

    func settle(_ id: PrintID, _ result: PrintResult) throws -> PrintResult {
        if let standing = settled[id] { return standing }
        settled[id] = result
        if begun.contains(id), result.failure == nil { try mark.clear() }
        return result
    }

    func result(of id: PrintID) -> PrintResult? { settled[id] }
    func settleUnfinished() -> [PrintID: PrintResult] { [:] }
}

/// Writes one line to standard error.
func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

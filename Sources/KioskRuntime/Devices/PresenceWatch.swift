import DeviceLayer
import DeviceProfiles
import KioskCore
import Logging
import ResidentCardVerification
import ScanCodes
import Secrets
import ServiceLifecycle
import SmartCard
import Synchronization
import VerifierContract

/// Tells the session what is held before readers and scanners, and what they are ready for.
final class PresenceWatch: ServiceLifecycle.Service {
    private struct Ready {
        var readers: Set<String> = []
        var scanners: [String: Invitations] = [:]
        var verifies = false

        var invitations: Invitations {
            var invitations = scanners.values.reduce(into: Invitations()) { $0.formUnion($1) }
            if !readers.isEmpty { invitations.insert(.card) }
            if verifies { invitations.insert(.verifier) }
            return invitations
        }
    }

    private let readers: CardReaders?
    private let scanners: Scanners?
    /// Those of them that type numbers of cards.
    private let cardTypers: Set<String>
    private let verifier: VerifierProgram?
    private let inbox: AsyncStream<SessionMachine.Event>.Continuation
    private let ready = Mutex(Ready())

    /// - Parameter models: of the scanners.
    init(
        readers: CardReaders?, scanners: Scanners?, models: [ScannerModel], verifier: VerifierProgram?,
        inbox: AsyncStream<SessionMachine.Event>.Continuation
    ) {
        self.readers = readers
        self.scanners = scanners
        cardTypers = Set(
            models.filter { if case .cardNumber = $0.content { true } else { false } }.map(\.id))
        self.verifier = verifier
        self.inbox = inbox
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            if let events = readers?.events() {
                group.addTask { for await event in events.cancelOnGracefulShutdown() { self.take(event) } }
            }
            if let events = scanners?.events() {
                group.addTask { for await event in events.cancelOnGracefulShutdown() { self.take(event) } }
            }
            if let events = verifier?.events() {
                group.addTask { for await event in events.cancelOnGracefulShutdown() { self.take(event) } }
            }
        }
    }

    private func take(_ event: ReaderEvent) {
        switch event {
        case .status(let status):
            change { ready in
                if status.condition == nil { ready.readers.insert(status.name) } else { ready.readers.remove(status.name) }
            }
        case .card(let sight): inbox.yield(.presented(sight.pointer.map(Presentation.init) ?? .anonymousCard))
        // A card is tapped; that it is taken away changes nothing.
        case .removed: break
        }
    }

    private func take(_ event: ScannerEvent) {
        switch event {
        case .status(let status):
            let invitation: Invitations = cardTypers.contains(status.source.model) ? .card : .code
            change { $0.scanners[status.source.name] = status.condition == nil ? invitation : nil }
        case .code(let code): inbox.yield(.presented(Presentation(code)))
        // Somebody's typing is nobody's business.
        case .ignored: break
        }
    }

    private func take(_ event: VerifierEvent) {
        switch event {
        case .status(let status): change { $0.verifies = status.condition == nil }
        case .result(let visit, let nik): inbox.yield(.answered(.verified(nik: nik), visit: VisitID(visit)))
        }
    }

    private func change(_ body: (inout Ready) -> Void) {
        ready.withLock { ready in
            let before = ready.invitations
            body(&ready)
            if ready.invitations != before { inbox.yield(.invitations(ready.invitations)) }
        }
    }
}

extension Presentation {
    /// A card in a reader's field, or one whose number a reader typed.
    init(_ pointer: CardPointer) { self = pointer.isRandom ? .anonymousCard : .card(pointer.octets) }

    /// What was scanned. Test slips and tickets are for others than citizens before the screen.
    init(_ code: ScannedCode) {
        switch code.kind {
        case .card(let pointer): self.init(pointer)
        case .booking: self = Booking(code: code.text).map(Presentation.booking) ?? .unknownCode
        case .testSlip, .ticket, .other: self = .unknownCode
        }
    }
}

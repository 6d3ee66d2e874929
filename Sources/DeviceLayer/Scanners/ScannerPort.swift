import Conditions
import DeviceProfiles
import ScanCodes

/// One scanner, known since it was first seen: how it is, and what it is saying. Only for the scanners' thread.
final class ScannerPort {
    private(set) var status: ScannerStatus
    private(set) var file: ScannerFile?
    private let model: ScannerModel
    private let profile: ScannerProfile
    private let tell: (ScannerEvent) -> Void
    /// nil: it is in this program, and speaks by ``take(_:)``.
    private var node: InputNode?
    private var presence = ScannerPresenceMachine()
    private var speech: Speech?
    private var retry: Alarm?
    private var patience: Alarm?
    /// It is open, and a code may be under way whose beginning went elsewhere.
    private(set) var isSettling = false
    /// Of the last failure.
    private var detail = ""

    private enum Speech {
        case keys(EventReader, KeystrokeMachine)
        case reports(POSScanMachine)
    }

    private struct Alarm {
        var deadline: ContinuousClock.Instant
        var number: Int
    }

    init(_ source: ScannerSource, _ model: ScannerModel, tell: @escaping (ScannerEvent) -> Void) {
        self.model = model
        profile = ScannerProfile(model)
        self.tell = tell
        status = ScannerStatus(source: source, address: "", modelName: model.name, condition: .scannerAbsent, detail: "")
    }

    /// When something is due; nil: nothing.
    var deadline: ContinuousClock.Instant? { [retry?.deadline, patience?.deadline].compactMap(\.self).min() }

    /// It is about to be opened once more.
    func isRetryDue(_ now: ContinuousClock.Instant) -> Bool { retry.map { $0.deadline <= now } ?? false }

    /// Carries out what has become due.
    func wake(_ now: ContinuousClock.Instant) {
        if let alarm = patience, alarm.deadline <= now {
            patience = nil
            waited(alarm.number)
        }
        if let alarm = retry, alarm.deadline <= now {
            retry = nil
            run(.waited(number: alarm.number))
        }
    }

    // MARK: Coming and going

    /// Its file is there.
    func seen(_ node: InputNode) {
        // Plugged out and in before anybody looked.
        if let old = self.node, old.path != node.path { vanished() }
        self.node = node
        status.address = node.path
        run(.seen)
    }

    /// It is in this program, and speaks like this from now on.
    func seen(speaking way: InputNode.Way) throws(ScannerFile.Refusal) {
        status.address = Self.inside
        speech = try Self.speech(way, status.address, profile)
        run(.seen)
    }
    private static let inside = "in this program"

    func vanished() {
        // What it said before it left.
        _ = file?.readAll { take($0) }
        detail = "\(status.address) is gone; plug the scanner in again"
        if isSettling { closeFile() }
        run(.vanished)
    }

    func close() { closeFile() }

    private func run(_ event: ScannerPresenceMachine.Event) {
        for effect in presence.handle(event) {
            switch effect {
            case .open: open()
            case .close: closeFile()
            case .wait(let time, let number): retry = Alarm(deadline: .now + time, number: number)
            case .tell(let condition):
                status.condition = condition
                status.detail = condition == nil ? "" : detail
                tell(.status(status))
            }
        }
    }

    private func open() {
        guard let node else {
            begin()
            return
        }
        do throws(ScannerFile.Refusal) {
            speech = try Self.speech(node.way, node.path, profile)
            file = try ScannerFile(node, model)
            begin()
        } catch {
            detail = error.detail
            run(.refused(error.trouble))
        }
    }

    /// It is ours; ready once nothing is under way that began elsewhere.
    private func begin() {
        isSettling = true
        switch speech {
        case nil: break
        case .keys(let reader, var machine):
            let effects = machine.handle(.taken(held: file?.heldKeys() ?? []))
            speech = .keys(reader, machine)
            carry(out: effects)
        case .reports(var machine):
            let effects = machine.handle(.taken)
            speech = .reports(machine)
            carry(out: effects)
        }
    }

    private var isListening: Bool {
        switch speech {
        case nil: false
        case .keys(_, let machine): machine.isListening
        case .reports(let machine): machine.isListening
        }
    }

    private func settle() {
        guard isSettling, isListening else { return }
        isSettling = false
        run(.opened)
    }

    private static func speech(
        _ way: InputNode.Way, _ address: String, _ profile: ScannerProfile
    ) throws(ScannerFile.Refusal) -> Speech {
        guard case .reports(let descriptor) = way else { return .keys(EventReader(), KeystrokeMachine(profile)) }
        guard let parsed = try? HIDReportDescriptor(decoding: descriptor), let scanner = POSScanner(parsed) else {
            throw ScannerFile.Refusal(
                trouble: .unsuitable,
                detail: "\(address) does not say where codes stand in its reports; set it to “USB HID POS” or “USB keyboard”")
        }
        return .reports(POSScanMachine(scanner, profile))
    }

    private func closeFile() {
        file = nil
        patience = nil
        isSettling = false
        switch speech {
        case .keys(_, var machine): carry(out: machine.handle(.gone))
        case .reports(var machine): carry(out: machine.handle(.gone))
        case nil: break
        }
        speech = nil
    }

    // MARK: What it says

    /// Reads what has come.
    func read() {
        guard let file, let end = file.readAll({ take($0) }) else { return }
        detail = "\(status.address): \(end); plug the scanner in again if it does not come back"
        if isSettling {
            closeFile()
            run(.refused(.lost))
        } else {
            run(.broke)
        }
    }

    /// Whole records, or one report.
    func take(_ octets: UnsafeRawBufferPointer) {
        switch speech {
        case nil: return
        case .reports(var machine):
            let effects = machine.read(octets)
            speech = .reports(machine)
            carry(out: effects)
        case .keys(var reader, var machine):
            for start in stride(from: 0, through: octets.count - EventRecord.size, by: EventRecord.size) {
                guard let record = EventRecord(decoding: octets[start..<start + EventRecord.size]) else { continue }
                switch reader.read(record) {
                case nil: break
                case .keystroke(let stroke): carry(out: machine.handle(.keystroke(stroke)))
                case .lost:
                    carry(out: machine.handle(.lost))
                    carry(out: machine.handle(.held(file?.heldKeys() ?? [])))
                }
            }
            speech = .keys(reader, machine)
        }
        settle()
    }

    private func waited(_ number: Int) {
        switch speech {
        case nil: return
        case .keys(let reader, var machine):
            let effects = machine.handle(.waited(number: number))
            speech = .keys(reader, machine)
            carry(out: effects)
        case .reports(var machine):
            let effects = machine.handle(.waited(number: number))
            speech = .reports(machine)
            carry(out: effects)
        }
        settle()
    }

    private func carry(out effects: [KeystrokeMachine.Effect]) {
        for effect in effects {
            switch effect {
            case .scanned(let text, let symbology):
                let kind = ScannedKind(text, profile)
                tell(.code(ScannedCode(text: text, source: status.source, kind: kind, symbology: symbology)))
            case .ignored(let reason): tell(.ignored(status.source, reason))
            case .wait(let time, let number): patience = Alarm(deadline: .now + time, number: number)
            }
        }
    }
}

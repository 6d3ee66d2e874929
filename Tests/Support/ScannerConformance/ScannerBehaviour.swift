import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import Glibc
import ScanCodes
import Secrets
import SmartCard

/// What every keyboard and POS scanner of this machine must lead to.
enum ScannerBehaviour: String, CaseIterable {
    case aWedgeIsTakenAndItsCodeHasItsSource
    case whatWasTypedForACardIsAPointer
    case aPersonIsNotAScanner
    case aLongCodeOfAPOSScannerIsPutTogether
    case twoThatTypeAtOnceDoNotMix
    case aScannerThatIsPulledInTheMiddleOfACodeComesBack
    case aScannerOfWhoseLeavingNobodyTellsIsAbsent
    case aScannerThatAnotherProgramHoldsIsTakenOnceItIsFree
    case aScannerThatMayNotBeOpenedIsTakenOnceItMay
    case aKeyboardThatIsNotListedIsLeftAlone
    case twoWithOneSerialNumberHaveTheirPortsForNames
    case lostEventsAreNoticed
    case aPOSScannerThatMustBeSwitchedOnIs
    case aScannerWithoutADescriptionIsUnsuitable
    case atTheEndAllAreFree

    /// What is taken while it is shown.
    var models: [ScannerModel] {
        switch self {
        case .aPOSScannerThatMustBeSwitchedOnIs:
            USBBench.models.map { model in
                var model = model
                model.enableReport = [0xEB, 0x01]
                return model
            }
        case _: USBBench.models
        }
    }

    /// Throws ``Misbehaviour`` when something is otherwise.
    func demand(of bench: inout USBBench) async throws {
        switch self {
        case .aWedgeIsTakenAndItsCodeHasItsSource: try await Self.wedge(&bench)
        case .whatWasTypedForACardIsAPointer: try await Self.card(&bench)
        case .aPersonIsNotAScanner: try await Self.person(&bench)
        case .aLongCodeOfAPOSScannerIsPutTogether: try await Self.longCode(&bench)
        case .twoThatTypeAtOnceDoNotMix: try await Self.two(&bench)
        case .aScannerThatIsPulledInTheMiddleOfACodeComesBack: try await Self.pulled(&bench)
        case .aScannerOfWhoseLeavingNobodyTellsIsAbsent: try await Self.vanished(&bench)
        case .aScannerThatAnotherProgramHoldsIsTakenOnceItIsFree: try await Self.held(&bench)
        case .aScannerThatMayNotBeOpenedIsTakenOnceItMay: try await Self.forbidden(&bench)
        case .aKeyboardThatIsNotListedIsLeftAlone: try await Self.unlisted(&bench)
        case .twoWithOneSerialNumberHaveTheirPortsForNames: try await Self.twins(&bench)
        case .lostEventsAreNoticed: try await Self.lost(&bench)
        case .aPOSScannerThatMustBeSwitchedOnIs: try await Self.switchedOn(&bench)
        case .aScannerWithoutADescriptionIsUnsuitable: try await Self.unsuitable(&bench)
        case .atTheEndAllAreFree: try await Self.wedge(&bench)
        }
    }

    // MARK: Codes

    private static func wedge(_ bench: inout USBBench) async throws {
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(nil, of: "1209:0005:W1")
        try require(try USBBench.say("grabbed w") == "yes", "its typing still reaches everybody")
        try USBBench.type("w", "UJI:K3M9QX")
        let code = try await bench.expect("UJI:K3M9QX", from: "1209:0005:W1")
        try require(code.kind == .testSlip("K3M9QX"), "\(code.kind)")
        try require(code.source.model == "emulated-scanner", "\(code.source)")
    }

    private static func card(_ bench: inout USBBench) async throws {
        try USBBench.plug("r", "1209:0003", serial: "R1")
        try await bench.expect(nil, of: "1209:0003:R1")
        try USBBench.type("r", "2435555844", gap: .milliseconds(16))
        let code = try await bench.expect("2435555844", from: "1209:0003:R1")
        try require(code.kind == CardPointer([0x04, 0xA2, 0x2B, 0x91]).map(ScannedKind.card), "\(code.kind)")
    }

    private static func person(_ bench: inout USBBench) async throws {
        try USBBench.plug("w", "1209:0005")
        try await bench.expect(nil, of: "1209:0005@1-2")
        try USBBench.type("w", "1471114101900001", gap: .milliseconds(80))
        try await bench.expect(.tooSlow, of: "1209:0005@1-2")
        try USBBench.type("w", "7654321", from: .seconds(2000))
        try await bench.expect("7654321", from: "1209:0005@1-2")
    }

    private static func longCode(_ bench: inout USBBench) async throws {
        try USBBench.plug("p", "1209:0004", serial: "P1", descriptor: EmulatedPOSScanner.descriptor)
        try await bench.expect(nil, of: "1209:0004:P1")
        let text = "ANJUNGAN:disdukcapil/perekaman-kartu-tanda-penduduk:7K3M-9QX2-0000-AAAA"
        for report in EmulatedPOSScanner().reports(Array(text.utf8)) { try USBBench.write("p", report) }
        let code = try await bench.expect(text, from: "1209:0004:P1", .posScanner)
        try require(code.kind == .booking && code.symbology?.description == "]Q3", "\(code)")
    }

    private static func two(_ bench: inout USBBench) async throws {
        try USBBench.plug("a", "1209:0005", serial: "A", port: "1-1")
        try await bench.expect(nil, of: "1209:0005:A")
        try USBBench.plug("b", "1209:0005", serial: "B", port: "1-3")
        try await bench.expect(nil, of: "1209:0005:B")
        let wedge = EmulatedWedge(ScannerProfile())
        let (left, right) = (wedge.keystrokes("AAAA1111".utf8, from: .seconds(50)), wedge.keystrokes("BBBB2222".utf8, from: .seconds(50)))
        for (one, other) in zip(left, right) {
            try USBBench.write("a", EmulatedWedge.records([one]))
            try USBBench.write("b", EmulatedWedge.records([other]))
        }
        // In this order: each write has been read when the next is asked for, or waits in its own pipe.
        var codes: Set<String> = []
        for _ in 0..<2 {
            guard case .code(let code) = try await bench.next() else { throw Misbehaviour("something else than a code came") }
            codes.insert(code.source.name + code.text.withBytes { String(decoding: $0, as: UTF8.self) })
        }
        try require(codes == ["1209:0005:AAAAA1111", "1209:0005:BBBBB2222"], "\(codes)")
    }

    // MARK: Coming and going

    private static func pulled(_ bench: inout USBBench) async throws {
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(nil, of: "1209:0005:W1")
        try USBBench.write("w", Array(EmulatedWedge(ScannerProfile()).records("UJI:K3M9QX".utf8, from: .seconds(9)).prefix(14 * 24)))
        try USBBench.say("unplug w")
        // It ends by the news that it has gone, or first by a broken read.
        var event = try await bench.next()
        if case .ignored(_, .incomplete) = event { event = try await bench.next() } else { throw Misbehaviour("\(event)") }
        if case .status(let status) = event, status.condition == .scannerLost { event = try await bench.next() }
        guard case .status(let status) = event, status.condition == .scannerAbsent else { throw Misbehaviour("\(event)") }
        // Another port and another file, and still the same scanner.
        try USBBench.plug("w", "1209:0005", serial: "W1", port: "1-4")
        try await bench.expect(nil, of: "1209:0005:W1")
        try USBBench.type("w", "3M9QX")
        try await bench.expect("3M9QX", from: "1209:0005:W1")
        try require(bench.scanners.scanners.count == 1, "\(bench.scanners.scanners)")
    }

    private static func vanished(_ bench: inout USBBench) async throws {
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(nil, of: "1209:0005:W1")
        try USBBench.say("vanish w")
        try await bench.expect(.scannerLost, of: "1209:0005:W1")
        try await bench.expect(.scannerAbsent, of: "1209:0005:W1")
    }

    private static func held(_ bench: inout USBBench) async throws {
        try USBBench.say("hold")
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(.scannerBusy, of: "1209:0005:W1")
        try USBBench.say("free w")
        try await bench.expect(nil, of: "1209:0005:W1")
        try USBBench.type("w", "7654321")
        try await bench.expect("7654321", from: "1209:0005:W1")
    }

    private static func forbidden(_ bench: inout USBBench) async throws {
        // Root may open everything.
        if getuid() == 0 { try require(setgid(65_534) == 0 && setuid(65_534) == 0, "rights cannot be dropped") }
        try USBBench.say("mode next 000")
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(.scannerNotAllowed, of: "1209:0005:W1")
        try USBBench.say("mode w 666")
        try await bench.expect(nil, of: "1209:0005:W1")
        try USBBench.type("w", "7654321")
        try await bench.expect("7654321", from: "1209:0005:W1")
    }

    private static func unlisted(_ bench: inout USBBench) async throws {
        try USBBench.plug("k", "046d:c31c", port: "1-1")
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(nil, of: "1209:0005:W1")
        try require(try USBBench.say("grabbed k") == "no", "a person's keyboard was taken")
        try USBBench.type("k", "UJI:K3M9QX")
        try USBBench.type("w", "7654321")
        try await bench.expect("7654321", from: "1209:0005:W1")
    }

    private static func twins(_ bench: inout USBBench) async throws {
        try USBBench.plug("a", "1209:0005", serial: "0001", port: "1-1")
        try await bench.expect(nil, of: "1209:0005:0001")
        try USBBench.plug("b", "1209:0005", serial: "0001", port: "1-3")
        try await bench.expect(nil, of: "1209:0005@1-3")
        try USBBench.type("b", "7654321")
        try await bench.expect("7654321", from: "1209:0005@1-3")
    }

    // MARK: What else devices do

    private static func lost(_ bench: inout USBBench) async throws {
        try USBBench.plug("w", "1209:0005", serial: "W1")
        try await bench.expect(nil, of: "1209:0005:W1")
        let wedge = EmulatedWedge(ScannerProfile())
        // A shift is down, as the kernel says when it is asked: what comes behind it is not shifted once it is up.
        try USBBench.say("held w 42")
        let records = wedge.records("12345".utf8, from: .seconds(10))
        let up = EventRecord(Keystroke(.leftShift, .released, at: .seconds(10.1)))?.octets ?? []
        try USBBench.write(
            "w",
            Array(records.prefix(8 * 24)) + EventRecord.dropped(at: .seconds(10)).octets + EventRecord.report(at: .seconds(10)).octets + up)
        try await bench.expect(.incomplete, of: "1209:0005:W1")
        try USBBench.write("w", Array(records.suffix(4 * 24)))
        try USBBench.type("w", "7654321", from: .seconds(20))
        try await bench.expect("7654321", from: "1209:0005:W1")
    }

    private static func switchedOn(_ bench: inout USBBench) async throws {
        try USBBench.plug("p", "1209:0004", serial: "P1", descriptor: EmulatedPOSScanner.descriptor)
        try await bench.expect(nil, of: "1209:0004:P1")
        try require(try USBBench.say("features p") == "eb01", "it did not get its report")
    }

    private static func unsuitable(_ bench: inout USBBench) async throws {
        // A bar code scanner (8C, 2) whose reports are the maker's own.
        let descriptor: [UInt8] = [
            0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x06, 0x00, 0xFF, 0x75, 0x08, 0x95, 0x3F, 0x09, 0x01, 0x81, 0x02, 0xC0,
        ]
        try USBBench.plug("p", "1209:0004", serial: "P1", descriptor: descriptor)
        try await bench.expect(.scannerUnsuitable, of: "1209:0004:P1")
    }
}

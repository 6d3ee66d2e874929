import ESCPOS
import ReceiptMarkup
import Testing

/// How a session asks for the logo in the printer's memory.
@Suite struct SessionLogoTests {
    typealias Machine = PrinterSessionMachine

    static let model: PrinterModel = {
        var model = Fixture.model(.processID)
        model.logoMemory = .graphics
        return model
    }()
    static let logo = StoredLogo(DotImage(width: 16, height: 4) { x, y in x > y }, model: model)!
    static let question = Command.logoNames.bytes + [0x18]

    static func asks(_ effects: [Machine.Effect]) -> Bool {
        effects.contains { if case .send(let bytes) = $0 { bytes.firstRange(of: question) != nil } else { false } }
    }

    /// Connected and told to start from scratch, with what that sent.
    static func restarting(_ machine: inout Machine) -> [Machine.Effect] {
        _ = machine.handle(.answered(Fixture.cleared))
        return machine.answerPoll()
    }

    static func connected(_ logo: StoredLogo?) -> (Machine, [Machine.Effect]) {
        var machine = Machine(model: model, patience: Fixture.patience, interrupted: false, logo: logo)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        let effects = restarting(&machine)
        return (machine, effects)
    }

    /// The token that stands behind everything else in these effects.
    static func token(_ effects: [Machine.Effect]) -> [UInt8] {
        for case .send(let bytes) in effects {
            if let start = bytes.firstRange(of: [0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30])?.upperBound {
                return Array(bytes[start..<start + 4])
            }
        }
        return []
    }

    @Test func thePrinterIsAskedOnlyWhereALogoIsWanted() {
        #expect(Self.asks(Self.connected(Self.logo).1))
        #expect(!Self.asks(Self.connected(nil).1))
    }

    @Test func onlyWhatItNamesOnThisConnectionCounts() {
        var (machine, hello) = Self.connected(Self.logo)
        var decoder = CommandDecoder()
        let names = decoder.feed(Self.logo.upload).compactMap { if case .storeLogo(let key, _) = $0 { key } else { nil } }
        _ = machine.handle(.answered(.logoNames(names + [LogoKey("L1")!], more: false)))
        #expect(!machine.holdsLogo)
        #expect(machine.handle(.answered(.processID(Self.token(hello)))).contains(.holdsLogo(true)))
        #expect(machine.holdsLogo)
        _ = machine.handle(.disconnected)
        _ = machine.handle(.connected)
        #expect(!machine.holdsLogo)
        hello = Self.restarting(&machine)
        _ = machine.handle(.answered(.logoNames(Array(names.dropLast()), more: false)))
        #expect(machine.handle(.answered(.processID(Self.token(hello)))).contains(.holdsLogo(false)))
        #expect(!machine.holdsLogo)
    }

    /// It takes what follows for its answer, or does not know the command and waits: whatever it is, it can print.
    @Test func aPrinterThatNeverComesPastTheQuestionIsNotAskedAgain() {
        var (machine, _) = Self.connected(Self.logo)
        _ = machine.handle(.timedOut(.progress))
        let again = Self.restarting(&machine)
        #expect(!again.isEmpty && !Self.asks(again))
        #expect(machine.handle(.answered(.processID(Self.token(again)))).contains(.holdsLogo(false)))
        #expect(machine.handle(.print(Fixture.job(1))) == [.begin(1)])
    }
}

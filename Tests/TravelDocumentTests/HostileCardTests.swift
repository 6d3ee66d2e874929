import Foundation
import Secrets
import SeededRandomness
import SmartCard
import Testing

@testable import DeviceEmulators
@testable import TravelDocument

/// Laws of the reading machine, whatever a card says: it ends after a bounded number of commands, says why, and sends nothing afterwards.
@Suite struct HostileCardTests {
    static let information = Array("L898902C<369080619406236".utf8)
    /// More than any reading of files within their limits can take.
    static let most = 12_000

    /// `ANJUNGAN_SEEDS=1000` for longer.
    static let rounds = ProcessInfo.processInfo.environment["ANJUNGAN_SEEDS"].flatMap(Int.init) ?? 90

    /// Runs a machine against something that answers; how many commands it sent, and how it ended.
    static func run(
        portrait: Bool = true, portion: Int = DocumentReadingMachine.shortPortion, _ answer: (CommandAPDU) -> ResponseAPDU
    ) throws -> (commands: Int, end: Result<DocumentFiles, Refusal>) {
        var machine = DocumentReadingMachine(
            try PublishedExampleTests.key(), wantsPortrait: portrait, randomness: ReadingTests.randomness(), portion: portion)
        var command = machine.first
        for count in 1...most {
            switch machine.take(answer(command)) {
            case .send(let next):
                command = next
                #expect(try CommandAPDU(decoding: next.octets) == next)
            case .finish(let end):
                // Nothing follows, whatever else comes.
                guard case .finish(.failure) = machine.take(ResponseAPDU(status: .done)) else {
                    Issue.record("it goes on behind its end")
                    return (count, end)
                }
                return (count, end)
            }
        }
        throw Endless()
    }

    struct Endless: Error {}

    @Test func noiseEndsTheReading() throws {
        var (generator, _) = SeededGenerator.announced("HostileCardTests.noiseEndsTheReading")
        let statuses: [UInt16] = [0x9000, 0x9000, 0x9000, 0x9000, 0x6282, 0x6A82, 0x6982, 0x6300, 0x6987, 0x6B00, 0x6C10, 0x6110]
        for _ in 0..<3_000 {
            let outcome = try Self.run { _ in
                let data = (0..<Int.random(in: 0...48, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                return ResponseAPDU(data: data, status: StatusWord(rawValue: statuses.randomElement(using: &generator)!))
            }
            guard case .failure = outcome.end else {
                Issue.record("noise was read as a document")
                continue
            }
        }
    }

    /// A card that knows its keys, and then says under right protection whatever it likes.
    @Test func whatIsSaidUnderRightProtectionEndsToo() throws {
        var (generator, seed) = SeededGenerator.announced("HostileCardTests.whatIsSaidUnderRightProtectionEndsToo")
        for round in 0..<Self.rounds {
            var chip = InsideCard(
                generator: SeededGenerator(seed: seed &+ UInt64(round)), habit: .allCases.randomElement(using: &generator)!)
            let portion = [32, 223, 1_000, 32_000].randomElement(using: &generator)!
            let outcome = try Self.run(portion: portion) { chip.answer($0) }
            if case .success(let files) = outcome.end {
                let result = PassiveAuthentication(trusting: try CertificateStore([])).judge(
                    files, openedBy: try PublishedExampleTests.key(), at: ProofTests.now)
                #expect(result.verdict != .verified, "seed \(seed), round \(round)")
            }
        }
    }

    /// One octet at a time is an answer; 262,144 of them are not waited for.
    @Test func oneOctetAtATimeIsGivenUp() throws {
        var chip = InsideCard(generator: SeededGenerator(seed: 1), habit: .oneOctet)
        let outcome = try Self.run { chip.answer($0) }
        guard case .failure(let refusal) = outcome.end else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusal.code == .fileMalformed && outcome.commands < 200)
    }

    /// Chips that open to PACE only say so at different places.
    @Test(arguments: [0x6982, 0x6985] as [UInt16]) func aLockedApplicationIsNoOtherCard(_ status: UInt16) throws {
        let outcome = try Self.run { command in
            ResponseAPDU(status: command.parameter1 == 4 ? StatusWord(rawValue: status) : .fileNotFound)
        }
        guard case .failure(let refusal) = outcome.end else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusal.code == .accessUnsupported)
    }

    @Test func anAnswerThatBringsNothingOnIsTheLast() throws {
        var chip = InsideCard(generator: SeededGenerator(seed: 1), habit: .nothing)
        let outcome = try Self.run { chip.answer($0) }
        guard case .failure(let refusal) = outcome.end else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusal.code == .fileMalformed && outcome.commands == 6)
    }
}

/// Opens as a real chip does, and then has files of its own fancy.
struct InsideCard {
    enum Habit: CaseIterable {
        /// Files with a right head and noise in them.
        case noise
        /// Heads of noise, too.
        case heads
        /// As long as may be.
        case longest
        case oneOctet
        /// Answers without data.
        case nothing
        /// More than it was asked for.
        case more
    }

    var generator: SeededGenerator
    let habit: Habit
    private var card = DocumentCard(files: [:], information: HostileCardTests.information)
    private var session: ChipSession?
    private var file: ElementaryFile = .contents
    private var challenge: [UInt8] = []

    init(generator: SeededGenerator, habit: Habit) { (self.generator, self.habit) = (generator, habit) }

    mutating func answer(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.instructionClass == 0x0C, var open = session else { return plain(command) }
        defer { session = open }
        guard let inner = try? open.unwrap(command) else { return ResponseAPDU(status: .securityObjectsWrong) }
        let said = say(inner)
        return (try? open.wrap(said, isOdd: inner.instruction & 1 == 1)) ?? ResponseAPDU(status: .nothingSaid)
    }

    private mutating func plain(_ command: CommandAPDU) -> ResponseAPDU {
        switch command.instruction {
        case 0xA4: return ResponseAPDU(status: command.parameter1 == 4 ? .done : .fileNotFound)
        case 0x84:
            challenge = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            return ResponseAPDU(data: challenge, status: .done)
        case _:
            let own = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            guard let agreed = try? ChipAccess(HostileCardTests.information).agree(command.data, challenge: challenge, ownKey: own) else {
                return ResponseAPDU(status: .notProved)
            }
            session = agreed.session
            return ResponseAPDU(data: agreed.proof, status: .done)
        }
    }

    private mutating func say(_ command: CommandAPDU) -> ResponseAPDU {
        if command.instruction == 0xA4 {
            let files: [ElementaryFile] = [.contents, .securityObject, .zone, .portrait]
            file = files.first { [UInt8($0.identifier >> 8), UInt8($0.identifier & 0xFF)] == command.data } ?? .contents
            return ResponseAPDU(status: .done)
        }
        let isFar = command.instruction == 0xB1
        let wanted = max(1, (command.expected ?? 1) - (isFar ? 4 : 0))
        let start = Int(command.parameter1) << 8 | Int(command.parameter2)
        // What comes first is right, so that there is something after it.
        if file == .contents, habit == .noise || habit == .longest {
            return ResponseAPDU(data: Array(DocumentFile.contents(groups: [1, 2]).dropFirst(start).prefix(wanted)), status: .done)
        }
        var data = (0..<wanted).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        if start == 0, !isFar, habit != .heads { data.replaceSubrange(0..<min(4, data.count), with: head().prefix(data.count)) }
        switch habit {
        case .noise, .heads, .longest: break
        case .oneOctet: if start > 0 { data = [0x5A] }
        case .nothing: data = []
        case .more: if start > 0 { data += [1, 2, 3] }
        }
        if isFar, !data.isEmpty { data = DataObject(0x53, data).octets }
        return ResponseAPDU(data: data, status: .done)
    }

    private mutating func head() -> [UInt8] {
        let most = file.limit - 4
        let length = habit == .longest || habit == .oneOctet ? min(most, 0xFFFF) : Int.random(in: 20...min(most, 600), using: &generator)
        return [UInt8(file.tag), 0x82, UInt8(length >> 8), UInt8(length & 0xFF)]
    }
}

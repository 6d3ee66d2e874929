import DeviceEmulators
import ReaderRig
import Secrets
import SeededRandomness
import SmartCard
import Testing

@testable import TravelDocument

/// Whole readings: machine, slot machine, emulated reader, emulated document.
@Suite struct ReadingTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var level: ExchangeLevel
        var isContactless: Bool
        var portion = DocumentReadingMachine.shortPortion
        var testDescription: String { "\(level), \(isContactless ? "contactless" : "contact"), \(portion) octets at once" }
    }

    static let ways: [Way] =
        ExchangeLevel.allCases.flatMap { level in [true, false].map { Way(level: level, isContactless: $0) } }
        + [
            Way(level: .extendedAPDU, isContactless: true, portion: 2_000),
            Way(level: .extendedAPDU, isContactless: false, portion: 30_000),
            Way(level: .tpdu, isContactless: false, portion: 1_000), Way(level: .shortAPDU, isContactless: false, portion: 40),
        ]

    struct CardGone: Error {}

    /// Reads through a reader; what its slot fails with is thrown.
    static func read(
        _ card: DocumentCard, _ key: DocumentKey, _ store: CertificateStore, _ way: Way = Way(level: .shortAPDU, isContactless: true),
        wantsPortrait: Bool = true, at time: Int = ProofTests.now
    ) async throws -> DocumentResult {
        var rig = ReaderRig(
            ReaderDescription(
                features: [.choosesVoltage, .negotiatesParameters, .selectsParameters], level: way.level,
                messageLength: way.level == .extendedAPDU ? 600 : 271))
        rig.start()
        rig.insert(card)
        let reader = DocumentReader(trusting: store, wantsPortrait: wantsPortrait, portion: way.portion)
        return try await reader.read(key, randomness: randomness(), at: time) { command in
            guard let answer = rig.transmit(command) else { throw CardGone() }
            return try answer.get()
        }
    }

    static func randomness() -> Secret {
        Secret((0..<DocumentReadingMachine.randomness).map { _ in UInt8.random(in: .min ... .max) })
    }

    @Test func aPassportIsReadAndVerifiedAtEveryLevel() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let store = try country.store()
            for way in Self.ways {
                let result = try await Self.read(document.card(contactless: way.isContactless), document.key, store, way)
                guard case .verified(let data, let proof) = result else {
                    Issue.record("\(way.testDescription): \(result)")
                    continue
                }
                #expect(data.zone == (try document.zone) && data.portrait?.image == Secret(DrawnPortrait.image))
                #expect(proof.groups == [1, 2])
            }
            // Without the picture: fewer commands, and what is read is proved.
            let quick = try await Self.read(document.card(), document.key, store, wantsPortrait: false)
            guard case .verified(let data, let proof) = quick else {
                Issue.record("\(quick)")
                return
            }
            #expect(data.portrait == nil && proof.groups == [1])
        }
    }

    @Test(arguments: [ZoneTests.card, ZoneTests.largeCard, ZoneTests.longCard, ZoneTests.longLargeCard])
    func cardsOfOtherSizesAreRead(_ printed: String) async throws {
        try await Country.found { country in
            let document = try await country.issue(printed: printed)
            #expect(try await Self.read(document.card(), document.key, country.store()).verdict == .verified)
        }
    }

    /// Behind octet 32,767 another command is needed; and a picture of more than 64 KiB has longer lengths.
    @Test(arguments: [40_000, 70_000]) func aLargePictureIsReadToItsEnd(_ size: Int) async throws {
        try await Country.found { country in
            let picture = DrawnPortrait.image + (0..<size).map { UInt8(truncatingIfNeeded: $0 * 31) }
            let document = try await country.issue(portrait: picture)
            let ways = [
                Way(level: .shortAPDU, isContactless: true), Way(level: .extendedAPDU, isContactless: true, portion: 20_000),
                Way(level: .tpdu, isContactless: false),
            ]
            for way in ways {
                let result = try await Self.read(document.card(contactless: way.isContactless), document.key, country.store(), way)
                guard case .verified(let data, _) = result else {
                    Issue.record("\(way.testDescription): \(result)")
                    continue
                }
                #expect(data.portrait?.image == Secret(picture))
            }
        }
    }

    @Test func theOfferOfPACEIsSeenAndBasicAccessUsed() async throws {
        try await Country.found { country in
            var document = try await country.issue()
            document.files[DocumentFile.cardAccess] = DocumentFile.offerOfPACE
            let result = try await Self.read(document.card(), document.key, country.store())
            guard case .verified(let data, _) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(data.offersPACE)
            // A file that is none is no offer, and no harm.
            document.files[DocumentFile.cardAccess] = [0x31, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x00]
            #expect(try await Self.read(document.card(), document.key, country.store()).verdict == .verified)
        }
    }

    @Test func everyFaultHasItsAnswer() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let store = try country.store()
            let cases: [(DocumentFault, DocumentResult.Verdict)] = [
                (.noApplication, .refused(.noDocument)), (.onlyPACE, .refused(.accessUnsupported)), (.wrongProof, .refused(.accessDenied)),
                (.wrongCode, .refused(.messagingBroken)), (.replayed, .refused(.messagingBroken)),
                (.plainAnswer, .refused(.messagingBroken)), (.shortAnswers, .verified),
                (.truncated(DocumentFile.zone), .refused(.fileMalformed)), (.truncated(DocumentFile.portrait), .refused(.fileMalformed)),
                (.truncated(DocumentFile.securityObject), .refused(.fileMalformed)),
                (.endless(DocumentFile.contents), .refused(.fileTooLarge)), (.endless(DocumentFile.portrait), .refused(.fileTooLarge)),
            ]
            for (fault, verdict) in cases {
                for way in Self.ways {
                    var card = try document.card(contactless: way.isContactless)
                    card.faults = [fault]
                    let result = try await Self.read(card, document.key, store, way)
                    #expect(result.verdict == verdict, "\(fault), \(way.testDescription): \(result)")
                }
            }
            for file in [DocumentFile.contents, DocumentFile.securityObject, DocumentFile.zone, DocumentFile.portrait] {
                var without = document
                without.files[file] = nil
                #expect(try await Self.read(without.card(), document.key, store).verdict == .refused(.fileMissing))
            }
        }
    }

    @Test func aWrongNumberOpensNothing() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let wrong = try DocumentKey(number: Secret(text: "L898902C4"), birth: Secret(text: "740812"), expiry: Secret(text: "120415"))
            #expect(try await Self.read(document.card(), wrong, country.store()).verdict == .refused(.accessDenied))
        }
    }

    @Test func whatTheReaderFailsWithIsThrown() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let reader = DocumentReader(trusting: try country.store(), wantsPortrait: true)
            var card = try document.card()
            for gone in [0, 1, 5, 20] {
                card.reset()
                var left = gone
                await #expect(throws: CardGone.self) {
                    try await reader.read(document.key, randomness: Self.randomness(), at: ProofTests.now) { command throws(CardGone) in
                        guard left > 0 else { throw CardGone() }
                        left -= 1
                        return card.answer(command)
                    }
                }
            }
        }
    }
}

import Crypto
import Foundation
public import KioskCore
public import Secrets

/// One question about a card, and the key to its answer. The kiosk's end.
///
/// HPKE (RFC 9180, base mode, P-256) seals the card's number to the centre's public key; what that context exports
/// seals the answer, as in RFC 9458 clause 4.4. So neither stands anywhere in memory that is not wiped, whatever buffers it goes through.
public struct CardInquiry: Sendable {
    /// What goes to the centre.
    public let question: CardQuestion
    private let answerKey: SymmetricKey

    /// - Parameter centreKey: the centre's public key, in PEM.
    public init(about pointer: Secret, by kiosk: KioskID, of site: SiteID, to centreKey: String) throws(CardLookupError) {
        guard (1...CardSeal.longest).contains(pointer.count) else {
            throw CardLookupError(.unreadable, "a card's number has 1 to \(CardSeal.longest) octets, not \(pointer.count)")
        }
        do {
            let key = try P256.KeyAgreement.PublicKey(pemRepresentation: centreKey)
            var sender = try HPKE.Sender(recipientKey: key, ciphersuite: CardSeal.suite, info: CardSeal.purpose)
            let sealed = try CardSeal.withBlock(pointer) { try sender.seal($0, authenticating: CardSeal.context(site, kiosk)) }
            question = CardQuestion(
                site: site, kiosk: kiosk, key: CardSeal.name(of: key), encapsulated: sender.encapsulatedKey, sealed: Data(sealed))
            answerKey = try sender.exportSecret(context: CardSeal.answerPurpose, outputByteCount: 32)
        } catch {
            throw CardLookupError(.noKey, "the centre's public key cannot be used: \(error); enrol the kiosk again")
        }
    }

    /// The resident's NIK; nil for a card that nobody enrolled.
    public func open(_ answer: CardAnswer) throws(CardLookupError) -> Secret? {
        do {
            var block = try AES.GCM.open(AES.GCM.SealedBox(combined: answer.sealed), using: answerKey)
            defer { block.wipe() }
            return CardSeal.read(block)
        } catch {
            throw CardLookupError(.unreadable, "the centre's answer about a card does not open: \(error)")
        }
    }
}

/// A question about a card that came to the centre, and the key to its answer.
public struct CardRequest: Sendable {
    /// The card's number.
    public let pointer: Secret
    private let answerKey: SymmetricKey

    /// - Parameter openingKey: the centre's private key, in PEM.
    public init(opening question: CardQuestion, with openingKey: String) throws(CardLookupError) {
        let key: P256.KeyAgreement.PrivateKey
        do {
            key = try P256.KeyAgreement.PrivateKey(pemRepresentation: openingKey)
        } catch {
            throw CardLookupError(.noKey, "the centre's private key cannot be read: \(error); restore it from a backup")
        }
        guard CardSeal.name(of: key.publicKey) == question.key else {
            throw CardLookupError(.otherKey, "the question is sealed to another key; the kiosk gets the new one with its next notice")
        }
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: CardSeal.suite, info: CardSeal.purpose, encapsulatedKey: question.encapsulated)
            var block = try recipient.open(question.sealed, authenticating: CardSeal.context(question.site, question.kiosk))
            defer { block.wipe() }
            guard let pointer = CardSeal.read(block) else { throw CardLookupError(.unreadable, "it names no card") }
            self.pointer = pointer
            answerKey = try recipient.exportSecret(context: CardSeal.answerPurpose, outputByteCount: 32)
        } catch {
            throw CardLookupError(.unreadable, "the question about a card does not open: \(error)")
        }
    }

    /// - Parameter nik: nil for a card that nobody enrolled.
    public func answer(_ nik: Secret?) throws(CardLookupError) -> CardAnswer {
        do {
            return try CardSeal.withBlock(nik ?? Secret([])) { block in
                guard let sealed = try AES.GCM.seal(block, using: answerKey).combined else {
                    preconditionFailure("A nonce of the usual 12 octets has a combined form")
                }
                return CardAnswer(sealed: sealed)
            }
        } catch {
            throw CardLookupError(.unreadable, "the answer about a card cannot be sealed: \(error)")
        }
    }
}

/// What both ends of a lookup agree on.
enum CardSeal {
    static let suite = HPKE.Ciphersuite.P256_SHA256_AES_GCM_256
    static let purpose = Data("anjungan card lookup v1".utf8)
    static let answerPurpose = Data("anjungan card answer v1".utf8)
    /// Octets of what is sealed: its length, itself, zeroes. Never so few that `Data` would keep them within itself.
    static let blockLength = 32
    static let longest = blockLength - 1

    static func context(_ site: SiteID, _ kiosk: KioskID) -> Data { Data("\(site)/\(kiosk)".utf8) }
    static func name(of key: P256.KeyAgreement.PublicKey) -> Data { Data(SHA256.hash(data: key.derRepresentation).prefix(8)) }

    /// Lends `secret` as a block of fixed length, which is wiped afterwards.
    static func withBlock<Result>(_ secret: Secret, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockLength, alignment: 1)
        defer {
            block.wipe()
            block.deallocate()
        }
        block.initializeMemory(as: UInt8.self, repeating: 0)
        block[0] = UInt8(secret.count)
        secret.withBytes { UnsafeMutableRawBufferPointer(rebasing: block[1...]).copyBytes(from: $0) }
        return try body(UnsafeRawBufferPointer(block))
    }

    /// nil for nothing, and for what is no block.
    static func read(_ block: Data) -> Secret? {
        guard block.count == blockLength, let length = block.first, (1...longest).contains(Int(length)) else { return nil }
        return Secret(block.dropFirst().prefix(Int(length)))
    }
}

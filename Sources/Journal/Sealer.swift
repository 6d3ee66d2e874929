import Crypto
import Foundation
import Glibc
import KioskCore
import Secrets
import SyncProtocol

/// Seals personal data so that only the centre can read it, before it reaches any disk.
///
/// The data is encrypted with AES-256-GCM under a key of its own, and that key with HPKE (RFC 9180, base mode,
/// DHKEM(P-256), HKDF-SHA256, AES-256-GCM) to the centre's public key. Both are bound to the entry's
/// ``EntryHeader/sealingContext``, so that a sealed part opens in its own entry only.
///
/// Sealed part: nonce (12) · ciphertext · tag (16).
/// Wrapped key: format 1 (1) · id of the public key (8) · encapsulated key (65) · encrypted data key (48).
struct Sealer: Sendable {
    static let suite = HPKE.Ciphersuite.P256_SHA256_AES_GCM_256
    static let purpose = Data("anjungan entry v1 data key".utf8)
    static let wrapFormat: UInt8 = 1
    let recipient: SealingKey

    /// Seals `{"nik":"…"}`. The clear text lives in one buffer that is wiped before this returns.
    func seal(nik: Secret, context: [UInt8]) throws(JournalError) -> SealedPart {
        let before = Array(#"{"nik":""#.utf8)
        let behind = Array(#""}"#.utf8)
        let clear = UnsafeMutableRawBufferPointer.allocate(byteCount: before.count + nik.count + behind.count, alignment: 1)
        defer {
            if let start = clear.baseAddress { explicit_bzero(start, clear.count) }
            clear.deallocate()
        }
        clear.copyBytes(from: before)
        let isNumber = nik.withBytes { digits in
            UnsafeMutableRawBufferPointer(rebasing: clear[before.count...]).copyBytes(from: digits)
            return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard isNumber else { throw JournalError(.sealing, "a NIK has digits only; nothing was recorded") }
        UnsafeMutableRawBufferPointer(rebasing: clear[(before.count + nik.count)...]).copyBytes(from: behind)
        return try seal(UnsafeRawBufferPointer(clear), context: context)
    }

    private func seal(_ clear: UnsafeRawBufferPointer, context: [UInt8]) throws(JournalError) -> SealedPart {
        do {
            let dataKey = SymmetricKey(size: .bits256)
            let box = try AES.GCM.seal(clear, using: dataKey, authenticating: context)
            var sender = try HPKE.Sender(recipientKey: recipient.key, ciphersuite: Self.suite, info: Self.purpose)
            let wrapped = try dataKey.withUnsafeBytes { try sender.seal($0, authenticating: context) }
            return SealedPart(
                ciphertext: Array(box.nonce) + Array(box.ciphertext) + Array(box.tag),
                wrappedKey: [Self.wrapFormat] + recipient.id + Array(sender.encapsulatedKey) + Array(wrapped))
        } catch {
            throw JournalError(.sealing, "the personal part cannot be sealed to key \(recipient.name): \(error); nothing was recorded")
        }
    }
}

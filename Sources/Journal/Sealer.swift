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

    /// Seals `{"booking":"…","card":"…","nik":"…"}`, of these what there is; a card's number in hexadecimal.
    /// The clear text lives in one buffer that is wiped before this returns.
    func seal(_ particulars: Particulars, context: [UInt8]) throws(JournalError) -> SealedPart {
        if let nik = particulars.identity?.nik, !nik.withBytes({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) {
            throw JournalError(.sealing, "a NIK has digits only; nothing was recorded")
        }
        let fields = Self.fields(of: particulars)
        // At most {"booking":"", and as many octets again for hexadecimal.
        let room = 2 + fields.reduce(0) { $0 + 8 + $1.name.utf8.count + 2 * $1.value.count }
        let clear = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
        defer {
            if let start = clear.baseAddress { explicit_bzero(start, clear.count) }
            clear.deallocate()
        }
        var end = 0
        func put(_ octet: UInt8) {
            clear[end] = octet
            end += 1
        }
        put(UInt8(ascii: "{"))
        for field in fields {
            if end > 1 { put(UInt8(ascii: ",")) }
            for octet in "\"\(field.name)\":\"".utf8 { put(octet) }
            field.value.withBytes { octets in
                for octet in octets {
                    guard field.name == "card" else {
                        put(octet)
                        continue
                    }
                    for digit in [octet >> 4, octet & 0xF] { put(digit < 10 ? 0x30 + digit : 0x57 + digit) }
                }
            }
            put(UInt8(ascii: "\""))
        }
        put(UInt8(ascii: "}"))
        return try seal(UnsafeRawBufferPointer(rebasing: clear[..<end]), context: context)
    }

    /// What of a visitor is sealed, by the names of the fields.
    static func names(of particulars: Particulars) -> [String] {
        particulars == .none ? [] : fields(of: particulars).map(\.name)
    }

    private static func fields(of particulars: Particulars) -> [(name: String, value: Secret)] {
        let all = [
            ("booking", particulars.booking), ("card", particulars.identity?.reference), ("nik", particulars.identity?.nik),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
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

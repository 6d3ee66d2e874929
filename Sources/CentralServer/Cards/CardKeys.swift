import Crypto
import Enrolment
import Foundation
import KioskCore
import Secrets

/// The keys under which cards are hashed: a file of lines of 64 hexadecimal digits, the first for what is enrolled from now on.
///
/// Read at each use, because another process may renew them.
struct CardKeys {
    struct Key {
        fileprivate let key: SymmetricKey

        /// HMAC-SHA-256 over the site and the card's number: the same card at another site is another hash.
        func hash(_ number: Secret, at site: SiteID) -> Data {
            var mac = HMAC<SHA256>(key: key)
            mac.update(data: Data(site.rawValue.utf8) + [0])
            number.withBytes { mac.update(data: UnsafeRawBufferPointer($0)) }
            return Data(mac.finalize())
        }

        fileprivate init() { key = SymmetricKey(size: .bits256) }

        fileprivate init?(_ line: Substring) {
            guard let octets = Hexadecimal.octets(line), octets.count == 32 else { return nil }
            key = SymmetricKey(data: octets)
        }

        fileprivate var line: String { key.withUnsafeBytes { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() } + "\n" }
    }

    private let path: String
    let all: [Key]
    var current: Key { all[0] }

    /// Reads them, and draws the first where there is none.
    init(_ folder: StoreFolder) throws(EnrolmentError) {
        let text = try KeyFile.made(at: folder.cardKeys) { Key().line }
        let keys = text.split(separator: "\n").compactMap(Key.init)
        guard !keys.isEmpty, keys.count == text.split(separator: "\n").count else {
            throw EnrolmentError(
                .malformed, "\(folder.cardKeys) is no list of keys of 64 hexadecimal digits; restore it from a backup, or no card is found")
        }
        self.init(path: folder.cardKeys, all: keys)
    }

    private init(path: String, all: [Key]) {
        self.path = path
        self.all = all
    }

    /// With a new one before the others, durable.
    func adding() throws(EnrolmentError) -> CardKeys { try CardKeys(path: path, all: [Key()] + all).written() }

    /// Only the current one, durable.
    func keepingCurrent() throws(EnrolmentError) { _ = try CardKeys(path: path, all: [current]).written() }

    private func written() throws(EnrolmentError) -> CardKeys {
        try KeyFile.replace(path, with: all.map(\.line).joined())
        return self
    }
}

/// Octets from hexadecimal digits.
private enum Hexadecimal {
    static func octets(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.count % 2 == 0 ? text.compactMap(\.hexDigitValue).map(UInt8.init) : []
        guard digits.count == text.utf8.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

import Secrets
import SmartCard
import Testing

/// Octets as the standards print them.
func hex(_ text: String) throws -> [UInt8] { try #require([UInt8](hexadecimal: text)) }

extension Secret {
    convenience init(text: String) { self.init(Array(text.utf8)) }
    convenience init(hexadecimal text: String) throws { self.init(try hex(text)) }
    /// What tests compare; only specimens come here.
    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
    var hexadecimal: String { withBytes { Array($0) }.hexadecimal }
}

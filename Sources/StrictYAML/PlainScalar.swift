import Yams

/// What an unquoted word means to YAML readers at large (YAML 1.1, which most still follow).
enum PlainScalar {
    /// Nil for quoted scalars and for words that are texts everywhere.
    static func meaning(_ scalar: Node.Scalar) -> String? {
        guard scalar.style == .plain, mayMeanMore(scalar.string) else { return nil }
        return switch Resolver.default.resolveTag(of: Node(scalar.string)) {
        case .bool: "true or false"
        case .int, .float: "a number"
        case .null: "nothing"
        case .timestamp: "a date"
        case .merge, .value: "a merge"
        default: nil
        }
    }

    /// Decimal digits with an optional minus, no leading zeros (some readers take those for octal).
    static func integer(_ text: String) -> Int? {
        let digits = text.utf8.first == 0x2D ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count == 1 || digits.first != 0x30 else {
            return nil
        }
        return Int(text)
    }

    /// Spares most texts the resolver's seven regular expressions.
    private static func mayMeanMore(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        return text.utf8.count <= 5 || !(0x41...0x5A).contains(first) && !(0x61...0x7A).contains(first)
    }
}

/// The data of `GS k 73`: CODE128 with its code sets chosen by the host, `{A`, `{B` and `{C` (ISO/IEC 15417).
public enum Code128 {
    private enum CodeSet: CaseIterable { case b, c, a }

    /// The shortest symbol of `text`: pairs of digits in set C, the rest in B, control characters in A.
    /// Nil where `text` is empty, is not ASCII, or is longer than the command can say.
    public static func data(for text: String) -> [UInt8]? { shortest(text)?.data }

    /// Modules of the shortest symbol from its first bar to its last, or nil as ``data(for:)``.
    static func modules(of text: String) -> Int? {
        // Check and stop symbol; the stop has two modules more.
        shortest(text).map { ($0.symbols + 2) * 11 + 2 }
    }

    /// What a reader reads from the data of the command; nil where a code set is missing or a pair is no number.
    public static func content(of data: [UInt8]) -> String? {
        var set: CodeSet?
        var text = ""
        var index = 0
        while index < data.count {
            let byte = data[index]
            index += 1
            if byte == brace {
                guard index < data.count else { return nil }
                defer { index += 1 }
                switch data[index] {
                case UInt8(ascii: "A"): set = .a
                case UInt8(ascii: "B"): set = .b
                case UInt8(ascii: "C"): set = .c
                case brace: text.append("{")
                // Function characters and the shift leave no mark in the text.
                default: break
                }
            } else if set == .c {
                guard byte < 100 else { return nil }
                text += (byte < 10 ? "0" : "") + String(byte)
            } else {
                guard set != nil, byte < 128 else { return nil }
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text
    }

    private static let brace = UInt8(ascii: "{")

    /// `symbols` counts the start symbol, each switch and each symbol of data.
    private static func shortest(_ text: String) -> (data: [UInt8], symbols: Int)? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 250, bytes.allSatisfy({ $0 < 128 }) else { return nil }
        // cost[i][set]: symbols for the bytes from i on when `set` is selected there.
        var cost = Array(repeating: [CodeSet: Int](), count: bytes.count + 1)
        for set in CodeSet.allCases { cost[bytes.count][set] = 0 }
        for index in bytes.indices.reversed() {
            for set in CodeSet.allCases { cost[index][set] = length(set, bytes, index).flatMap { cost[index + $0][set] }.map { $0 + 1 } }
            // Or switch first.
            for set in CodeSet.allCases {
                let others = CodeSet.allCases.compactMap { other in
                    other == set ? nil : length(other, bytes, index).flatMap { cost[index + $0][other] }.map { $0 + 2 }
                }
                if let best = others.min(), best < cost[index][set] ?? .max { cost[index][set] = best }
            }
        }
        return path(bytes, cost)
    }

    private static func path(_ bytes: [UInt8], _ cost: [[CodeSet: Int]]) -> (data: [UInt8], symbols: Int)? {
        var data: [UInt8] = []
        var set: CodeSet?
        var index = 0
        var symbols = 0
        while index < bytes.count {
            // The set that needs the fewest symbols from here, a switch counted.
            let candidates = CodeSet.allCases.compactMap { candidate -> (set: CodeSet, length: Int, symbols: Int)? in
                guard let length = length(candidate, bytes, index), let rest = cost[index + length][candidate] else { return nil }
                return (candidate, length, 1 + rest + (candidate == set ? 0 : 1))
            }
            guard let best = candidates.min(by: { $0.symbols < $1.symbols || $0.symbols == $1.symbols && $0.set == set }) else {
                return nil
            }
            if best.set != set {
                data += [brace, best.set == .a ? UInt8(ascii: "A") : best.set == .b ? UInt8(ascii: "B") : UInt8(ascii: "C")]
                symbols += 1
            }
            set = best.set
            symbols += 1
            if best.set == .c {
                data.append((bytes[index] - 0x30) * 10 + bytes[index + 1] - 0x30)
            } else {
                data += bytes[index] == brace ? [brace, brace] : [bytes[index]]
            }
            index += best.length
        }
        return data.count <= 255 ? (data, symbols) : nil
    }

    /// How many bytes from `index` on one symbol of `set` takes; nil where it cannot.
    private static func length(_ set: CodeSet, _ bytes: [UInt8], _ index: Int) -> Int? {
        switch set {
        case .a: return bytes[index] < 0x60 ? 1 : nil
        case .b: return bytes[index] >= 0x20 ? 1 : nil
        case .c:
            guard index + 1 < bytes.count, bytes[index...(index + 1)].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return 2
        }
    }
}

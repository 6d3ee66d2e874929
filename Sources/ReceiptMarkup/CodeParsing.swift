extension ReceiptParser {
    /// `qrcode,4,m`, `ean,hri`: words in any order. What is not named is as before any option.
    mutating func codeOption(_ word: String, at position: Int) -> Receipt.CodeOption {
        var name: Substring?
        var numbers: [Int] = []
        var showsText: Bool?
        var level: QRLevel?
        for part in Self.parts(word) where !part.isEmpty {
            if name == nil, part == "qrcode" || Barcode.System(name: part) != nil {
                name = part
            } else if let number = number(part), (2...8).contains(number) || (24...240).contains(number) {
                numbers.append(number)
            } else if part == "hri" || part == "nohri" {
                showsText = showsText ?? false || part == "hri"
            } else if level == nil, let given = QRLevel(rawValue: String(part)) {
                level = given
            } else {
                ignore(at: position, "ignored the option \"\(part)\"")
            }
        }
        func first(_ range: ClosedRange<Int>, else usual: Int) -> Int { numbers.first { range.contains($0) } ?? usual }
        if name == "qrcode" { return .qrCode(cell: first(3...8, else: 3), level: level ?? .l) }
        return .barcode(
            name.flatMap { Barcode.System(name: $0) } ?? .code128, narrow: first(2...4, else: 2), height: first(24...240, else: 72),
            showsText: showsText ?? false)
    }

    /// The data of a code, if what ``option`` says can hold them.
    mutating func code(_ data: String, at position: Int) -> Receipt.Property? {
        switch option {
        case .qrCode(_, let level):
            guard !data.isEmpty else { break }
            if QRCapacity.holds(data, level: level) { return .code(data) }
            ignore(at: position, "ignored \(data.utf8.count) bytes of QR code, which are more than level \(level.rawValue) can hold")
            return nil
        case .barcode(let system, _, _, _):
            guard let symbol = system.symbolData(data) else { break }
            if let digit = symbol.correctedDigit {
                ignore(at: position, "ignored the wrong check digit of \"\(data)\"; it is \(digit)")
            }
            return .code(data)
        }
        ignore(at: position, "ignored the code \"\(data)\", which \(option.name) cannot hold")
        return nil
    }
}

extension Receipt.CodeOption {
    fileprivate var name: String {
        switch self {
        case .qrCode: "a QR code"
        case .barcode(let system, _, _, _): system.rawValue
        }
    }
}

/// How much one QR code can hold (ISO/IEC 18004 table 7, version 40).
enum QRCapacity {
    static func holds(_ data: String, level: QRLevel) -> Bool {
        let codewords =
            switch level {
            case .l: 2956
            case .m: 2334
            case .q: 1666
            case .h: 1276
            }
        return QRMode(of: data.utf8).bits(of: data.utf8.count, version: 40) <= codewords * 8
    }
}

extension Barcode.System {
    /// By the names of the specification.
    init?(name: Substring) {
        switch name {
        case "jan": self = .ean
        case "nw7": self = .codabar
        default:
            guard let system = Self(rawValue: String(name)) else { return nil }
            self = system
        }
    }

    /// What the symbol is given to hold, without the check digits and the start and stop signs that it adds itself;
    /// nil when it cannot hold `data`. `correctedDigit` is the right check digit, where `data` has a wrong one.
    func symbolData(_ data: String) -> (data: String, correctedDigit: Int?)? {
        let bytes = Array(data.utf8)
        switch self {
        case .upc: return bytes.count < 9 ? Self.upcE(bytes) : Self.checked(bytes, payload: 11)
        case .ean: return Self.checked(bytes, payload: bytes.count < 9 ? 7 : 12)
        case .itf: return !bytes.isEmpty && bytes.count % 2 == 0 && bytes.allSatisfy(Self.isDigit) ? (data, nil) : nil
        case .codabar:
            guard bytes.count > 2, let first = bytes.first, let last = bytes.last, Self.isStop(first), Self.isStop(last),
                bytes.dropFirst().dropLast().allSatisfy({ Self.isDigit($0) || "-$:/.+".utf8.contains($0) })
            else { return nil }
            return (data.uppercased(), nil)
        case .code39:
            var inner = bytes[...]
            if inner.first == UInt8(ascii: "*") { inner.removeFirst() }
            if inner.last == UInt8(ascii: "*") { inner.removeLast() }
            guard !inner.isEmpty, inner.allSatisfy({ Self.isDigit($0) || (0x41...0x5A).contains($0) || "-. $/+%".utf8.contains($0) })
            else { return nil }
            return (String(decoding: inner, as: UTF8.self), nil)
        case .code93, .code128: return !bytes.isEmpty && bytes.allSatisfy { $0 < 0x80 } ? (data, nil) : nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// A–D, in either case.
    private static func isStop(_ byte: UInt8) -> Bool { (0x41...0x44).contains(byte & 0xDF) && byte >= 0x41 }

    /// `payload` digits, with or without their check digit (GS1 General Specifications 7.9).
    private static func checked(_ bytes: [UInt8], payload: Int) -> (data: String, correctedDigit: Int?)? {
        guard bytes.count == payload || bytes.count == payload + 1, bytes.allSatisfy(isDigit) else { return nil }
        let data = bytes.prefix(payload)
        let digit = checkDigit(data)
        let given = bytes.count > payload ? Int(bytes[payload] & 0x0F) : digit
        return (String(decoding: data, as: UTF8.self), given == digit ? nil : digit)
    }

    /// Weights 3 and 1 alternate from the right end.
    static func checkDigit(_ digits: ArraySlice<UInt8>) -> Int {
        let sum = digits.reversed().enumerated().reduce(0) { $0 + Int($1.element & 0x0F) * ($1.offset % 2 == 0 ? 3 : 1) }
        return (10 - sum % 10) % 10
    }

    /// UPC-E: number system 0 and six digits, with or without the check digit. The result is the UPC-A that they stand for,
    /// the same number in a wider symbol, which every printer has.
    private static func upcE(_ bytes: [UInt8]) -> (data: String, correctedDigit: Int?)? {
        guard bytes.count == 7 || bytes.count == 8, bytes[0] == UInt8(ascii: "0"), bytes.allSatisfy(isDigit) else { return nil }
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 5)
        let (digits, last) = (bytes[1...5], bytes[6])
        let long: [UInt8] =
            switch last & 0x0F {
            case 0...2: bytes[0...2] + [last] + zeros.prefix(4) + bytes[3...5]
            case 3: bytes[0...3] + zeros + bytes[4...5]
            case 4: bytes[0...4] + zeros + bytes[5...5]
            default: [bytes[0]] + digits + zeros.prefix(4) + [last]
            }
        let digit = checkDigit(long[...])
        let given = bytes.count == 8 ? Int(bytes[7] & 0x0F) : digit
        return (String(decoding: long, as: UTF8.self), given == digit ? nil : digit)
    }
}

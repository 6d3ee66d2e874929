import ESCPOS
import StrictYAML

// Keys that the files of several kinds of devices have alike.

extension YAMLMapping {
    /// Reads `id`, which must be the name of the file.
    func readIdentity(of name: String) {
        let value = required("id")
        let remedy = "use 2 to 40 of a-z, 0-9 and -, the name of the file"
        let id = value?.parsed(remedy: remedy) { text in
            (2...40).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D } ? text : nil
        }
        if let value, let id, id != name {
            value.refuse("“id” is “\(id)” in the file \(name).yaml", remedy: "give both the same name")
        }
    }

    func readName() -> String? { required("name")?.text(1...80) }

    func readSources() -> [String]? { required("sources")?.list(count: 1...20) { $0.text(10...300) } }

    /// Identities as `lsusb` writes them, such as those of the key `usb`.
    func readIdentities(_ key: String) -> [USBIdentity]? {
        list(key, of: 0...20) { value in value.parsed(remedy: "write it as lsusb does, quoted: \"04b8:0202\"") { USBIdentity($0) } }
    }

    /// A list that may be left out, then it is empty; nothing stands in it twice.
    func list<Item: Hashable>(_ key: String, of count: ClosedRange<Int>, _ read: (YAMLValue) -> Item?) -> [Item]? {
        guard let value = optional(key) else { return [] }
        var seen: Set<Item> = []
        return value.list(count: count) { item in
            guard let entry = read(item) else { return nil }
            guard seen.insert(entry).inserted else {
                item.refuse("it stands in “\(key)” twice", remedy: "remove one of the two")
                return nil
            }
            return entry
        }
    }

    func choice<Choice>(_ key: String, default choice: Choice) -> Choice? where Choice: RawRepresentable<String> & CaseIterable {
        guard let value = optional(key) else { return choice }
        return value.oneOf(Choice.self)
    }

    func integer(_ key: String, in range: ClosedRange<Int>, default number: Int) -> Int? {
        guard let value = optional(key) else { return number }
        return value.integer(in: range)
    }
}

extension YAMLValue {
    /// Octets as hexadecimal digits, quoted, with blanks where wanted.
    func octets(_ count: ClosedRange<Int>) -> [UInt8]? {
        parsed(remedy: "write \(count.lowerBound) to \(count.upperBound) octets as pairs of hexadecimal digits, quoted: \"E0 00 18\"") {
            text in
            let pairs: [UInt8?] = text.split(separator: " ").flatMap { word in
                word.utf8.count.isMultiple(of: 2) && word.allSatisfy(\.isHexDigit) ? word.pairs.map { UInt8($0, radix: 16) } : [nil]
            }
            let octets = pairs.compactMap(\.self)
            return octets.count == pairs.count && count.contains(octets.count) ? octets : nil
        }
    }
}

extension Substring {
    fileprivate var pairs: [Substring] {
        stride(from: 0, to: count - 1, by: 2).map { self[index(startIndex, offsetBy: $0)..<index(startIndex, offsetBy: $0 + 2)] }
    }
}

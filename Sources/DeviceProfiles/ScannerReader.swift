import ESCPOS
import StrictYAML

/// Turns the mapping of one file of `scanners/` into a ``ScannerModel``.
struct ScannerReader {
    let name: String
    let keys: YAMLMapping

    func read() -> ScannerModel? {
        keys.readIdentity(of: name)
        let title = keys.readName()
        let wedge = keys.readIdentities("wedge")
        let posScanner = keys.readIdentities("pos_scanner")
        let content = readContent()
        let layout = keys.choice("layout", default: ScannerModel.KeyboardLayout.us)
        let prefix = readPrefix()
        let suffix = keys.required("suffix")?.list(count: 0...2) { $0.oneOf(ScannerModel.SuffixKey.self) }
        let keyGap = keys.integer("key_gap_ms", in: 5...500, default: 50)
        let enableReport = readEnableReport()
        let sources = keys.readSources()
        guard let title, let wedge, let posScanner, let content, let layout, let prefix, let suffix, let keyGap, let enableReport,
            let sources
        else { return nil }
        if let both = wedge.first(where: posScanner.contains) {
            keys.optional("pos_scanner")?.refuse(
                "\(both) stands in “wedge” too", remedy: "remove one: a scanner shows itself otherwise in each of its modes")
        }
        return ScannerModel(
            id: name, name: title, wedge: wedge, posScanner: posScanner, content: content, layout: layout, prefix: prefix, suffix: suffix,
            keyGap: keyGap, enableReport: enableReport, sources: sources)
    }

    private enum Sends: String, CaseIterable {
        case code
        case cardNumber = "card-number"
    }

    private func readContent() -> ScannerModel.Content? {
        let sends = keys.required("sends")?.oneOf(Sends.self)
        let symbologies = keys.list("symbologies", of: 0...20) { $0.oneOf(ScannerModel.Symbology.self) }
        let form = keys.optional("card_number").map { $0.mapping(readForm) }
        guard let sends, let symbologies else { return nil }
        switch (sends, form) {
        case (.code, nil): return .code(symbologies)
        case (.code, .some):
            keys.optional("card_number")?.refuse(
                "what sends codes has no “card_number”", remedy: "remove it, or write “sends: card-number”")
        case (.cardNumber, .some(let form)):
            if !symbologies.isEmpty {
                keys.optional("symbologies")?.refuse(
                    "what sends card numbers has no “symbologies”", remedy: "remove them, or write “sends: code”")
            }
            return form.map { .cardNumber($0) }
        case (.cardNumber, nil):
            keys.refuse("“card_number” is missing", remedy: "add “card_number:” and what it holds, or write “sends: code”")
        }
        return nil
    }

    private func readForm(_ keys: YAMLMapping) -> ScannerModel.CardNumberForm? {
        let notation = keys.required("notation")?.oneOf(ScannerModel.CardNumberForm.Notation.self)
        let order = keys.required("order")?.oneOf(ScannerModel.CardNumberForm.ByteOrder.self)
        let octets = keys.required("octets")?.integer(in: 3...10)
        let digitsValue = keys.required("digits")
        let digits = digitsValue?.integer(in: 0...25)
        guard let notation, let order, let octets, let digits else { return nil }
        let form = ScannerModel.CardNumberForm(notation: notation, order: order, octets: octets, digits: digits)
        if digits > 0, digits < form.longest {
            digitsValue?.refuse(
                "\(octets) octets need up to \(form.longest) digits, not \(digits)",
                remedy: "write at least \(form.longest), or 0 where it types no zeroes in front")
        }
        return form
    }

    private func readPrefix() -> String? {
        guard let value = keys.optional("prefix") else { return "" }
        return value.parsed(remedy: "write up to 10 printable ASCII characters, quoted") { text in
            text.utf8.count <= 10 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
        }
    }

    private func readEnableReport() -> [UInt8]? {
        guard let value = keys.optional("enable_report") else { return [] }
        return value.octets(2...64)
    }
}

extension ScannerModel.CardNumberForm {
    /// Digits of the greatest number that the octets can make.
    var longest: Int {
        switch notation {
        case .hexadecimal: octets * 2
        // 256 has log10 256 = 2.408 digits an octet.
        case .decimal: [3: 8, 4: 10, 5: 13, 6: 15, 7: 17, 8: 20, 9: 22, 10: 25][octets] ?? 0
        }
    }
}

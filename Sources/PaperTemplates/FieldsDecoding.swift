/// Fields from any decoder of the standard library's kind, JSON above all: an object whose values are texts, numbers, true,
/// false, null, lists or objects.
///
/// Whole numbers become their digits and others what Swift writes for them (`1.50` becomes `1.5`), so amounts are better texts.
extension FieldValue: Decodable {
    public init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: FieldName.self) {
            self = .group(
                try fields.allKeys.reduce(into: [:]) { $0[$1.stringValue] = try fields.decode(FieldValue.self, forKey: $1) })
        } else if var items = try? decoder.unkeyedContainer() {
            var list: [FieldValue] = []
            while !items.isAtEnd { list.append(try items.decode(FieldValue.self)) }
            self = .list(list)
        } else {
            self = try Self.single(try decoder.singleValueContainer())
        }
    }

    private static func single(_ value: any SingleValueDecodingContainer) throws -> FieldValue {
        if value.decodeNil() { return .absent }
        if let flag = try? value.decode(Bool.self) { return .flag(flag) }
        if let text = try? value.decode(String.self) { return .text(text) }
        if let number = try? value.decode(Int64.self) { return .text(String(number)) }
        if let number = try? value.decode(UInt64.self) { return .text(String(number)) }
        return .text(String(try value.decode(Double.self)))
    }
}

/// Any name.
private struct FieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

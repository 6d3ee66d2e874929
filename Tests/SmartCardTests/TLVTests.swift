import SeededRandomness
import SmartCard
import Testing

@Suite struct TLVTests {
    @Test func objectsAreReadAsTheyAreWritten() throws {
        // EF.COM of a travel document: 60 { 5F01 "0107", 5F36 "040000", 5C 61 75 }.
        let octets = try #require([UInt8](hexadecimal: "60145F0104303130375F36063034303030305C026175"))
        let file = try DataObject(decoding: octets)
        #expect(file.tag == 0x60)
        let parts = try file.parts()
        #expect(parts.map(\.tag) == [0x5F01, 0x5F36, 0x5C])
        #expect(parts[2].value == [0x61, 0x75])
        #expect(file.octets == octets)
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func everyLengthIsReadBack(_ count: Int) throws {
        let object = DataObject(0x7F21, [UInt8](repeating: 0xAB, count: count))
        #expect(try DataObject(decoding: object.octets) == object)
        let head = try #require(try TLVReader.head(Array(object.octets.prefix(8))))
        #expect(head.valueLength == count && head.headLength == object.octets.count - count)
    }

    @Test(arguments: [
        ("60", TLVError.Code.cutOff), ("6003AABB", .cutOff), ("5F", .cutOff), ("6080AA0000", .length), ("608500000000AA", .length),
        ("5F80010100", .tag), ("5FFFFFFF7F00", .tag), ("600100AA", .trailing), ("", .cutOff),
    ])
    func whatIsNoObjectIsRefused(_ text: String, _ code: TLVError.Code) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        let error = #expect(throws: TLVError.self) { try DataObject(decoding: octets) }
        #expect(error?.code == code)
    }

    @Test func aLengthOfFourGigabytesTakesNoMemory() throws {
        let octets = try #require([UInt8](hexadecimal: "6084FFFFFFFF00"))
        #expect(throws: TLVError.self) { try DataObject(decoding: octets) }
        #expect(try TLVReader.head(octets)?.valueLength == 0xFFFF_FFFF)
    }

    @Test func noiseIsReadOrRefused() {
        var (generator, _) = SeededGenerator.announced("noiseIsReadOrRefused")
        for _ in 0..<20_000 {
            let octets = (0..<Int.random(in: 0...24, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            guard let objects = try? DataObject.sequence(octets) else { continue }
            #expect(objects.map(\.value.count).reduce(0, +) <= octets.count)
        }
    }
}

import ESCPOS
import Testing

/// The length of every command that printers know, whether it has a case or not. Each is followed by a line feed;
/// only a decoder that knows the length finds it.
@Suite struct CommandLengthTests {
    /// Bytes in hexadecimal, from the ESC/POS quick references; `xx*n` stands for n bytes FFh, which are in no command's beginning.
    static let commands: [String] = [
        "1B 0C", "1B 20 03", "1B 21 00", "1B 24 01 02", "1B 25 01", "1B 26 03 41 42 02 xx*6 01 xx*3", "1B 26 02 41 41 00",
        "1B 28 41 03 00 xx*3",
        "1B 2A 00 04 00 xx*4", "1B 2A 01 04 00 xx*4", "1B 2A 20 02 00 xx*6", "1B 2A 21 02 00 xx*6", "1B 2A 27 02 00 xx*6",
        "1B 2A 47 02 00 xx*12", "1B 2D 01", "1B 32", "1B 33 18", "1B 37 07 50 02", "1B 3C", "1B 3D 01", "1B 3F 41", "1B 40", "1B 42 02 03",
        "1B 44 08 10 00", "1B 44 00", "1B 45 01", "1B 47 01", "1B 4A 20", "1B 4B 20", "1B 4C", "1B 4D 01", "1B 52 01", "1B 53", "1B 54 01",
        "1B 55 01", "1B 56 01", "1B 57 xx*8", "1B 5C FF FF", "1B 61 01", "1B 63 33 01", "1B 63 34 01", "1B 63 35 01", "1B 64 02",
        "1B 65 02",
        "1B 69", "1B 6D", "1B 70 00 19 FA", "1B 72 01", "1B 74 00", "1B 75 00", "1B 76", "1B 7B 01",
        "1C 21 01", "1C 26", "1C 2D 01", "1C 2E", "1C 28 41 02 00 xx*2", "1C 28 45 03 00 xx*3", "1C 32 77 21 xx*72", "1C 3F 77 21",
        "1C 43 01",
        "1C 53 01 02", "1C 57 01", "1C 67 31 00 xx*4 02 00 xx*2", "1C 67 32 00 xx*4 02 00", "1C 70 01 00",
        "1C 71 02 01 00 01 00 xx*8 01 00 02 00 xx*16",
        "1D 0C", "1D 21 11", "1D 24 01 02", "1D 28 41 02 00 xx*2", "1D 28 44 05 00 14 01 00 02 00", "1D 28 48 06 00 30 30 41 42 43 44",
        "1D 28 4C 02 00 30 32", "1D 28 6B 03 00 31 51 30", "1D 2A 02 01 xx*16", "1D 2F 00", "1D 38 4C 03 00 00 00 30 70 xx*1", "1D 3A",
        "1D 42 01", "1D 43 30 01 02", "1D 43 31 xx*6", "1D 43 32 01 02", "1D 43 3B 31 3B 39 39 3B 31 3B 31 3B 31 3B",
        "1D 44 30 43 30 41 42 30 31 42 4D 09 00 00 00 xx*3", "1D 48 02", "1D 49 43", "1D 4C 01 02", "1D 50 B4 B4",
        "1D 51 30 00 02 00 02 00 xx*4", "1D 54 01", "1D 56 00", "1D 56 42 00", "1D 57 01 02", "1D 5C 01 02", "1D 5E 01 02 00", "1D 61 0F",
        "1D 62 01", "1D 63", "1D 66 00", "1D 67 30 00 14 00", "1D 67 32 00 14 00", "1D 68 50", "1D 6B 04 41 42 00", "1D 6B 49 03 7B 42 41",
        "1D 72 01", "1D 76 30 00 02 00 02 00 xx*4", "1D 76 30 31 02 00 02 00 xx*4", "1D 77 02", "1D 7A 30 05 05",
        "10 04 01", "10 04 07 01", "10 04 08 01", "10 04 12 01", "10 05 01", "10 14 01 00 01", "10 14 02 01 08", "10 14 03 01 01 01 01 01",
        "10 14 07 01", "10 14 08 01 03 14 01 06 02 08", "0C", "18", "0D", "09", "00",
    ]

    static func bytes(_ text: String) -> [UInt8] {
        text.split(separator: " ").flatMap { word -> [UInt8] in
            if word.hasPrefix("xx*") { return Array(repeating: 0xFF, count: Int(word.dropFirst(3))!) }
            return [UInt8(word, radix: 16)!]
        }
    }

    @Test(arguments: commands) func aCommandEndsWhereTheReferenceSays(_ text: String) {
        let bytes = Self.bytes(text)
        var decoder = CommandDecoder()
        let decoded = decoder.feed(bytes + [0x0A])
        #expect(decoded.count == 2 && decoded.last == .lineFeed, "\(decoded.map(\.explanation))")
        #expect(decoded.first?.bytes == bytes)
        #expect(decoded.first?.explanation.contains("not known") == false)
    }

    @Test func anExplanationSaysWhatAndHowMuch() {
        let expected: [(String, String)] = [
            ("1D 76 30 00 02 00 02 00 xx*4", "GS v 0  raster 16×2 dots (4 bytes)"), ("1B 45 FF", "ESC E 1  bold on, spelled 1B 45 FF"),
            ("41 82 22", "text  \"A\\x82\\\"\""), ("1B 63 35 01", "ESC c 35 01  sensors and buttons"), ("00", "NUL  nothing"),
            ("1D 6B 49 03 7B 42 41", "GS k 73  bar code code128 \"{BA\""),
            ("1D 28 4C 06 00 30 45 41 31 01 01", "GS ( L 69  print logo \"A1\""),
            ("10 04 01", "DLE EOT 1  ask for the state now"), ("1D FE", "GS FE  not known"), ("01", "01  a byte that begins no command"),
        ]
        for (bytes, text) in expected {
            var decoder = CommandDecoder()
            #expect(decoder.feed(Self.bytes(bytes)).map(\.explanation) == [text])
        }
    }
}

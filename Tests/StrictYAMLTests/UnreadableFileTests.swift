import Foundation
import StrictYAML
import Testing

/// What is wrong with a file before its text is looked at.
@Suite struct UnreadableFileTests {
    /// The problems of a file with these bytes, its directory left out.
    static func problems(of bytes: [UInt8]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "yaml-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) } }
        return try refusal(path).replacingOccurrences(of: path, with: "FILE")
    }

    static func refusal(_ path: String) throws -> String {
        try #require(throws: YAMLError.self) { _ = try YAMLDocument(file: path) }.description
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        #expect(
            try Self.refusal("/nonexistent/site.yaml") == "/nonexistent/site.yaml: the file does not exist; create it, or check the path")
    }

    @Test func aDirectoryIsNotAFile() throws {
        #expect(try Self.refusal("/tmp") == "/tmp: this is a directory, not a file; name the file in it")
    }

    @Test func aFileThatMayNotBeReadSaysSo() throws {
        // Also root may not read this one: the kernel answers EIO or EACCES.
        let text = try Self.refusal("/proc/self/mem")
        #expect(text.hasPrefix("/proc/self/mem: the file cannot be read: "))
        #expect(text.hasSuffix("; let the kiosk's user read it (chmod a+r)"))
    }

    @Test func aFileThatNeverEndsIsTooLarge() throws {
        #expect(try Self.refusal("/dev/zero") == "/dev/zero: the file is larger than 4 MiB; check that this is the right file")
        #expect(try Self.problems(of: Array(repeating: 0x23, count: 4 << 20 | 1)).hasPrefix("FILE: the file is larger than 4 MiB; "))
    }

    @Test func bytesThatAreNotUTF8AreFound() throws {
        let latin1 = Array("name: x\nkota: Caf".utf8) + [0xE9, 0x0A]
        #expect(try Self.problems(of: latin1) == "FILE:2:10: this is not UTF-8 text; save the file as UTF-8 in your editor")
        let utf16: [UInt8] = [0xFF, 0xFE, 0x6E, 0x00]
        #expect(try Self.problems(of: utf16) == "FILE:1:1: this is not UTF-8 text; save the file as UTF-8 in your editor")
    }

    @Test func aZeroByteIsFound() throws {
        #expect(
            try Self.problems(of: Array("a: b\0c".utf8)) == "FILE:1:5: the control character U+0000 does not belong in this file; remove it"
        )
    }
}

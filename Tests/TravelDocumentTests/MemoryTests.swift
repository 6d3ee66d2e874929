import DeviceEmulators
import Foundation
import Glibc
import Secrets
import SmartCard
import Synchronization
import Testing

@testable import TravelDocument

/// A reading leaves nothing of the holder in memory: not in the heap, not on a stack, not in what OpenSSL gave back.
///
/// What is read was encrypted by a card in another process, and what is looked for is known here only in disguise.
@Suite struct MemoryTests {
    /// Conceals what is looked for, so that looking for it does not put it into memory.
    static let disguise: UInt8 = 0x5A

    @Test func nothingOfTheHolderIsLeft() async throws {
        try await Country.found { country in
            let letters = (0..<14).map { _ in UInt8.random(in: UInt8(ascii: "A")...UInt8(ascii: "Z")) }
            let number = (0..<9).map { _ in UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9")) }
            let printed = try Self.passport(name: letters, number: number)
            let document = try await country.issue(printed: printed)
            // One reading here, of which only what travelled is handed on.
            let answers = Mutex<[String]>([])
            var card = try document.card()
            let randomness = ReadingTests.randomness()
            let result = await DocumentReader(trusting: try CertificateStore([]), wantsPortrait: true).read(
                try document.key, randomness: randomness, at: ProofTests.now
            ) { command throws(Never) in
                let answer = card.answer(command)
                answers.withLock { $0.append(answer.octets.hexadecimal) }
                return answer
            }
            #expect(result.verdict == .doubted(.noAuthority))

            let folder = Rehearsal.folder(of: getpid())
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let write = { (octets: [UInt8], name: String) in try Data(octets).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
            try write(answers.withLock { Array($0.joined(separator: "\n").utf8) }, "answers")
            try write(randomness.withBytes { Array($0) }, "randomness")
            try write(Array(printed.utf8), "printed")
            try write(letters.map { $0 ^ Self.disguise }, "name")
            try write(number.map { $0 ^ Self.disguise }, "number")
            await #expect(processExitsWith: .success) { try await Rehearsal.run() }
        }
    }

    /// A zone with these and right check digits.
    static func passport(name: [UInt8], number: [UInt8]) throws -> String {
        func digit(_ text: String) throws -> String { String(UnicodeScalar(try #require(CheckDigit.of(Secret(text: text))))) }
        let number = String(decoding: number, as: UTF8.self)
        let middle = try number + digit(number) + "UTO" + "740812" + digit("740812") + "F" + "320415" + digit("320415")
        let optional = try "<<<<<<<<<<<<<<" + digit("<<<<<<<<<<<<<<")
        let covered = try number + digit(number) + "740812" + digit("740812") + "320415" + digit("320415") + optional
        let first = "P<UTO\(String(decoding: name, as: UTF8.self))<<ANNA"
        return first + String(repeating: "<", count: 44 - first.count) + "\n" + middle + optional + (try digit(covered))
    }
}

/// What happens in the process of its own.
enum Rehearsal {
    struct Found: Error { var what: String }

    static func folder(of process: pid_t) -> String { NSTemporaryDirectory() + "rehearsal-\(process)" }

    static func run() async throws {
        let folder = folder(of: getppid())
        let name = try octets("\(folder)/name").withBytes { Array($0) }
        let number = try octets("\(folder)/number").withBytes { Array($0) }
        try await read(folder) { result in
            guard case .readNotVerified(let data, _) = result, data.portrait != nil else { throw Found(what: "no document: \(result)") }
            // It is there as long as somebody holds it: the search finds what is there.
            try withExtendedLifetime(data) {
                guard try isInMemory(name), try isInMemory(number) else { throw Found(what: "nothing where something is") }
            }
        }
        if try isInMemory(name) { throw Found(what: "the name, after the reading") }
        if try isInMemory(number) { throw Found(what: "the number, after the reading") }
    }

    private static func read(_ folder: String, _ body: (DocumentResult) throws -> Void) async throws {
        let texts = try String(contentsOfFile: "\(folder)/answers", encoding: .utf8).split(separator: "\n")
        var answers = texts.compactMap { [UInt8](hexadecimal: $0) }[...]
        let zone = try MachineReadableZone(scanned: octets("\(folder)/printed"))
        let reader = DocumentReader(trusting: try CertificateStore([]), wantsPortrait: true)
        let result = try await reader.read(DocumentKey(zone), randomness: octets("\(folder)/randomness"), at: ProofTests.now) { _ in
            guard let answer = answers.popFirst() else { throw Found(what: "another command than before") }
            return try ResponseAPDU(decoding: answer)
        }
        try body(result)
    }

    /// A file, straight into memory that is wiped.
    private static func octets(_ path: String) throws -> Secret {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Found(what: "no \(path)") }
        defer { close(file) }
        let count = Int(lseek(file, 0, SEEK_END))
        return Secret(count: count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
            _ = pread(file, buffer.baseAddress, count, 0)
        }
    }

    /// Whether disguised octets stand, undisguised, in any memory that can be written to.
    private static func isInMemory(_ disguised: [UInt8]) throws -> Bool {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let memory = open("/proc/self/mem", O_RDONLY)
        guard memory >= 0 else { throw Found(what: "no way into memory") }
        defer { close(memory) }
        let size = 1 << 20
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer {
            memset(buffer, 0, size)
            buffer.deallocate()
        }
        for line in maps.split(separator: "\n") where line.split(separator: " ")[1].hasPrefix("rw") {
            let bounds = line.split(separator: " ")[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard bounds.count == 2 else { continue }
            var place = bounds[0]
            while place < bounds[1] {
                let count = pread(memory, buffer, min(size, Int(bounds[1] - place)), off_t(place))
                guard count > disguised.count else { break }
                if isIn(buffer, count, disguised) { return true }
                if place + UInt64(count) >= bounds[1] { break }
                place += UInt64(count - disguised.count)
            }
        }
        return false
    }

    private static func isIn(_ buffer: UnsafeMutableRawPointer, _ count: Int, _ disguised: [UInt8]) -> Bool {
        var place = buffer
        let end = buffer + count - disguised.count
        while place < end, let hit = memchr(place, CInt(disguised[0] ^ MemoryTests.disguise), end - place) {
            if disguised.indices.allSatisfy({ hit.load(fromByteOffset: $0, as: UInt8.self) ^ MemoryTests.disguise == disguised[$0] }) {
                return true
            }
            place = hit + 1
        }
        return false
    }
}

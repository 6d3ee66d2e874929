import Secrets
import SmartCard
import Testing

@testable import ScanCodes

/// Against the layout that makers' manuals print: report 2, length, `]` and two characters, 56 octets of data, three more, and "continued".
@Suite struct POSScannerTests {
    static let descriptor = [UInt8](
        hexadecimal: """
            058C 0902 A101 0912 A102 8502 1500 26FF00 7508 9501 0501 093B 8102 9503 058C 09FB 09FC 09FD 8102 9538 09FE 820201
            0666FF 9502 0904 0900 8102 058C 2501 7501 9501 09FF 8102 9507 8103 C0
            0914 A102 8504 1500 2501 7501 9508 095E 095F 0960 0900 9182 C0 C0
            """.replacing("\n", with: " ").replacing(" ", with: ""))!

    static func report(_ text: String, continued: Bool = false, identifier: String = "]Q3") -> [UInt8] {
        let data = Array(text.utf8)
        return [2, UInt8(data.count)] + Array(identifier.utf8) + data + [UInt8](repeating: 0, count: 56 - data.count) + [
            0x73, 0, continued ? 1 : 0,
        ]
    }

    static func machine() throws -> POSScanMachine {
        POSScanMachine(try #require(POSScanner(HIDReportDescriptor(decoding: descriptor))), ScannerProfile())
    }

    @Test func theDescriptorSaysWhereTheDataStands() throws {
        let descriptor = try HIDReportDescriptor(decoding: Self.descriptor)
        #expect(descriptor.applications == [.init(0x8C, 2)])
        #expect(descriptor.length(of: 2) == 64)
        let scanner = try #require(POSScanner(descriptor))
        #expect(scanner.report == 2 && scanner.longestReport == 64)
        #expect(scanner.trigger(true) == [4, 4] && scanner.trigger(false) == [4, 0])
    }

    @Test func aShortCodeIsOneReport() throws {
        var machine = try Self.machine()
        #expect(machine.handle(.report(Self.report("UJI:K3M9QX"))) == [.scanned(Secret("UJI:K3M9QX"), AIMIdentifier(Array("]Q3".utf8)))])
        #expect(
            machine.handle(.report(Self.report("UJI:K3M9QX\r\n"))) == [.scanned(Secret("UJI:K3M9QX"), AIMIdentifier(Array("]Q3".utf8)))])
        #expect(machine.handle(.report(Self.report("12"))) == [.ignored(.tooShort)])
        #expect(machine.handle(.report([4, 1])) == [])
        #expect(machine.handle(.report(Array(Self.report("1234567").prefix(20)))) == [])
    }

    @Test func aLongCodeIsPutTogetherAndAPartIsNoCode() throws {
        var machine = try Self.machine()
        let first = String(repeating: "A", count: 56)
        guard case .wait(_, let number)? = machine.handle(.report(Self.report(first, continued: true))).last else {
            return #expect(Bool(false), "it does not wait")
        }
        #expect(machine.handle(.report(Self.report("B"))) == [.scanned(Secret(first + "B"), AIMIdentifier(Array("]Q3".utf8)))])
        #expect(machine.handle(.waited(number: number)) == [])
        guard case .wait(_, let other)? = machine.handle(.report(Self.report(first, continued: true))).last else {
            return #expect(Bool(false), "it does not wait")
        }
        #expect(machine.handle(.waited(number: other)) == [.ignored(.unfinished)])
        _ = machine.handle(.report(Self.report(first, continued: true)))
        #expect(machine.handle(.gone) == [.ignored(.incomplete)])
        #expect(machine.handle(.report(Self.report("12345"))).count == 1)
    }

    @Test func aCodeWithoutAnEndIsNotKept() throws {
        var machine = try Self.machine()
        let part = Self.report(String(repeating: "A", count: 56), continued: true)
        let ignored = (0..<200).flatMap { _ in machine.handle(.report(part)) }.filter { $0 == .ignored(.tooLong) }
        #expect(ignored.count == 1)
        #expect(machine.handle(.report(Self.report("end"))) == [])
        #expect(machine.handle(.report(Self.report("12345"))) == [.scanned(Secret("12345"), AIMIdentifier(Array("]Q3".utf8)))])
    }

    @Test func aCodeThatIsUnderWayWhenItIsTakenIsNotTold() throws {
        var machine = try Self.machine()
        guard case .wait(_, let number)? = machine.handle(.taken).last else { return #expect(Bool(false), "it does not wait") }
        #expect(machine.handle(.report(Self.report("the end of something"))) == [] && machine.isListening)
        _ = machine.handle(.taken)
        #expect(!machine.isListening)
        #expect(machine.handle(.waited(number: number)) == [] && !machine.isListening)
        #expect(machine.handle(.waited(number: machine.wait)) == [] && machine.isListening)
    }

    @Test func aKeyboardIsNoScanner() throws {
        let keyboard = try #require(
            [UInt8](hexadecimal: "05010906A101050719E029E71500250175019508810295017508810195067508150025650507190029658100C0"))
        #expect(POSScanner(try HIDReportDescriptor(decoding: keyboard)) == nil)
        #expect(try HIDReportDescriptor(decoding: keyboard).length(of: nil) == 8)
    }

    @Test func whatIsNoDescriptorIsRefused() {
        #expect(throws: HIDReportDescriptor.Failure.truncated) { try HIDReportDescriptor(decoding: [0x26, 0xFF]) }
        #expect(throws: HIDReportDescriptor.Failure.unbalanced) { try HIDReportDescriptor(decoding: [0xA1, 0x01]) }
        #expect(throws: HIDReportDescriptor.Failure.unbalanced) { try HIDReportDescriptor(decoding: [0xB4]) }
        #expect(throws: HIDReportDescriptor.Failure.tooMuch) {
            try HIDReportDescriptor(decoding: [0x75, 0x20, 0x97, 0xFF, 0xFF, 0xFF, 0x7F, 0x81, 0x02])
        }
        // Each of its prefixes is refused or means something; none is fatal.
        for count in 0..<Self.descriptor.count { _ = try? HIDReportDescriptor(decoding: Self.descriptor.prefix(count)) }
    }
}

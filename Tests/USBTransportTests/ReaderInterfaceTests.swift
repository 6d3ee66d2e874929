import Testing

@testable import USBTransport

@Suite struct ReaderInterfaceTests {
    static let descriptor: [UInt8] = [54, 0x21] + [UInt8](repeating: 0, count: 52)

    static func setting(_ kind: UInt8 = 0x0B, extra: [UInt8] = descriptor, notices: Bool = true) -> AlternateSetting {
        AlternateSetting(
            interface: 1, alternate: 0, interfaceClass: kind, subclass: 0, interfaceProtocol: 0,
            endpoints: [
                .init(address: 0x02, isBulk: true, packetSize: 64), .init(address: 0x82, isBulk: true, packetSize: 64),
            ] + (notices ? [.init(address: 0x83, isBulk: false, isInterrupt: true, packetSize: 8)] : []), extra: extra)
    }

    @Test func aReaderIsKnownByItsClassAlone() {
        #expect(ReaderInterface.all(among: [Self.setting(0x03), Self.setting()]).map(\.number) == [1])
        #expect(ReaderInterface.all(among: [Self.setting(0x07)]).isEmpty)
        #expect(ReaderInterface.all(among: [Self.setting(notices: false)]).map(\.notices) == [nil])
    }

    @Test func itsDescriptorIsFoundBehindOthersAndMissedWhereItIsCutOff() {
        #expect(
            ReaderInterface.all(among: [Self.setting(extra: [3, 0x24, 1] + Self.descriptor)]).map(\.classDescriptor) == [Self.descriptor])
        #expect(ReaderInterface.all(among: [Self.setting(extra: Self.descriptor.dropLast())]).isEmpty)
        #expect(ReaderInterface.all(among: [Self.setting(extra: [0, 0x21])]).isEmpty)
    }
}

@Suite struct MessageAssemblyTests {
    static func message(_ count: Int) -> [UInt8] {
        [0x80, UInt8(count & 0xFF), UInt8(count >> 8), 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 7, count: count)
    }

    @Test(arguments: [0, 53, 54, 55, 118, 246, 700]) func aMessageIsPutTogetherFromWholePackets(_ count: Int) {
        var assembly = MessageAssembly(packetSize: 64, longest: 1000)
        var rest = Self.message(count)[...]
        var found: [UInt8]?
        while found == nil, !rest.isEmpty {
            #expect(assembly.room % 64 == 0 && assembly.room <= assembly.mostRoom)
            let room = assembly.room
            found = assembly.take(Array(rest.prefix(room)))
            rest = rest.dropFirst(room)
            // A transfer without octets may come at any place.
            #expect(found != nil || assembly.take([]) == nil)
        }
        #expect(found == Self.message(count))
        #expect(assembly.room == 64)
    }

    @Test func nonsenseIsGivenAsItIsAndTheNextMessageIsRead() {
        var assembly = MessageAssembly(packetSize: 64, longest: 300)
        #expect(assembly.take([1, 2, 3]) == [1, 2, 3])
        let endless = [0x80, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 59)
        #expect(assembly.take(endless) == endless)
        #expect(assembly.take(Self.message(4)) == Self.message(4))
    }
}

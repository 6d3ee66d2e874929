/// The interface by which we speak to a card reader.
///
/// Source: USB Device Class: Smart Card CCID 1.10, clauses 4.3 to 4.6 and 5.1.
struct ReaderInterface: Hashable, Sendable {
    /// Class 0Bh, whatever vendor and product are.
    static let readerClass: UInt8 = 0x0B

    var number: UInt8
    var output: AlternateSetting.Endpoint
    var input: AlternateSetting.Endpoint
    /// Nil: the reader must be asked for its cards.
    var notices: AlternateSetting.Endpoint?
    var classDescriptor: [UInt8]

    /// The readers among the settings of a device, one for each interface.
    static func all(among settings: [AlternateSetting]) -> [ReaderInterface] {
        settings.compactMap(Self.init).reduce(into: []) { found, interface in
            if !found.contains(where: { $0.number == interface.number }) { found.append(interface) }
        }
    }

    private init?(_ setting: AlternateSetting) {
        guard setting.interfaceClass == Self.readerClass, setting.interfaceProtocol == 0,
            let output = setting.endpoints.first(where: { $0.isBulk && $0.address & 0x80 == 0 && $0.packetSize > 0 }),
            let input = setting.endpoints.first(where: { $0.isBulk && $0.address & 0x80 != 0 && $0.packetSize > 0 }),
            let descriptor = Self.classDescriptor(in: setting.extra)
        else { return nil }
        number = setting.interface
        self.output = output
        self.input = input
        notices = setting.endpoints.first { $0.isInterrupt && $0.address & 0x80 != 0 && $0.packetSize > 0 }
        classDescriptor = descriptor
    }

    /// The first descriptor of type 21h and at least 54 octets.
    private static func classDescriptor(in octets: [UInt8]) -> [UInt8]? {
        var rest = octets[...]
        while let length = rest.first, length >= 2, rest.count >= Int(length) {
            if length >= 54, rest[rest.startIndex + 1] == 0x21 { return Array(rest.prefix(Int(length))) }
            rest = rest.dropFirst(Int(length))
        }
        return nil
    }

    /// dwMaxCCIDMessageLength: what a message may have, octets.
    var messageLength: Int { (0..<4).reduce(0) { $0 | Int(classDescriptor[44 + $1]) << (8 * $1) } }
}

/// Puts the messages together that come from a reader in pieces.
///
/// A message whose length is a multiple of the packets' may or may not be followed by a packet without octets; so a piece is never longer
/// than what is known to come, and what has no octets is passed over.
struct MessageAssembly {
    private let packetSize: Int
    private let longest: Int
    private var octets: [UInt8] = []

    init(packetSize: Int, longest: Int) {
        self.packetSize = packetSize
        self.longest = longest
    }

    /// Octets of the next piece to ask for: whole packets, because a longer one than there is room for would be an error.
    var room: Int { max((missing + packetSize - 1) / packetSize, 1) * packetSize }

    /// The longest piece that is ever asked for.
    var mostRoom: Int { (longest + packetSize) / packetSize * packetSize }

    /// Octets that are missing, as far as the header tells.
    private var missing: Int { octets.isEmpty ? 0 : max(total - octets.count, 0) }
    private var total: Int { octets.count < 10 ? 10 : 10 + (0..<4).reduce(0) { $0 | Int(octets[1 + $1]) << (8 * $1) } }

    /// The message that is whole now, if it is. One that claims to be longer than any, or that a short packet ends too early, is given
    /// as it is: the reader talks nonsense.
    mutating func take(_ piece: [UInt8]) -> [UInt8]? {
        guard !piece.isEmpty else { return nil }
        octets += piece
        guard octets.count >= total || total > longest || piece.count % packetSize != 0 else { return nil }
        defer { octets = [] }
        return octets
    }

    mutating func clear() { octets = [] }
}

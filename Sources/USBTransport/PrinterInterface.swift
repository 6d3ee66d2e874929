/// One alternate setting of an interface, as far as it matters to choose the way to a device.
struct AlternateSetting: Hashable, Sendable {
    struct Endpoint: Hashable, Sendable {
        /// Bit 7 set: towards us.
        var address: UInt8
        var isBulk: Bool
        var isInterrupt = false
        var packetSize: Int
    }

    var interface: UInt8
    var alternate: UInt8
    var interfaceClass: UInt8
    var subclass: UInt8
    /// 1 one way, 2 both ways, 3 IEEE 1284.4, 4 IPP.
    var interfaceProtocol: UInt8
    var endpoints: [Endpoint] = []
    /// Class descriptors that follow the interface's own, or one of its endpoints'.
    var extra: [UInt8] = []
}

/// The interface by which we print.
///
/// Source: USB Device Class Definition for Printing Devices 1.1, clauses 4.1 and 5.
struct PrinterInterface: Hashable, Sendable {
    /// Class 7, subclass 1.
    static let printerClass: UInt8 = 7

    var number: UInt8
    var alternate: UInt8
    /// Whether the alternate setting must be set: the device comes up with 0.
    var hasAlternates: Bool
    var output: AlternateSetting.Endpoint
    /// Nil: it takes bytes and answers nothing.
    var input: AlternateSetting.Endpoint?

    /// The best of all settings; nil where none belongs to a printer. Both ways is better than one.
    init?(among settings: [AlternateSetting]) {
        let candidates = settings.compactMap { Self($0, among: settings) }
        guard let best = candidates.first(where: { $0.input != nil }) ?? candidates.first else { return nil }
        self = best
    }

    private init?(_ setting: AlternateSetting, among settings: [AlternateSetting]) {
        guard setting.interfaceClass == Self.printerClass, setting.subclass == 1, (1...2).contains(setting.interfaceProtocol),
            let output = setting.endpoints.first(where: { $0.isBulk && $0.address & 0x80 == 0 })
        else { return nil }
        number = setting.interface
        alternate = setting.alternate
        hasAlternates = settings.count { $0.interface == setting.interface } > 1
        self.output = output
        input = setting.interfaceProtocol == 2 ? setting.endpoints.first { $0.isBulk && $0.address & 0x80 != 0 } : nil
    }
}

/// A card reader as data. `Devices/readers/*.yaml` are read into it; no code asks for a model by name.
///
/// What a reader says of itself in its class descriptor (exchange level, voltages, rates, number of slots) does not stand here, except
/// where it lies.
public struct ReaderModel: DeviceModel {
    public var id: String
    public var name: String
    public var usb: [USBIdentity]
    /// Its CCID interfaces by number, and what each of their slots is for, from slot 0 on; empty where no source says so.
    public var interfaces: [[SlotUse]]
    /// What it does otherwise than its descriptor or the specification says.
    public var quirks: Set<Quirk>
    /// How it is asked for its firmware; nil where no source says so.
    public var firmware: FirmwareQuestion?
    public var sources: [String]

    public enum SlotUse: String, Hashable, Sendable, CaseIterable {
        /// ISO/IEC 7816: the citizen's card is put in.
        case contact
        /// ISO/IEC 14443: the citizen's card is held against it.
        case contactless
        /// A security module under a lid, such as the one that a KTP-el reader has; no citizen's card.
        case sam
    }

    public enum Quirk: String, Hashable, Sendable, CaseIterable {
        /// Announces short APDUs in its descriptor, but hands longer ones on in pieces, as the level of extended APDUs does.
        case chainsLongAPDUs = "chains-long-apdus"
        /// Its `dwMaxCCIDMessageLength` says 263, but it takes the 270 octets of the longest short APDU.
        case understatesMessageLength = "understates-message-length"
        /// Announces rates that it does not keep: no more than 9,600 bit/s.
        case slowRateOnly = "slow-rate-only"
        /// Locks up when two of its interfaces are spoken to at once.
        case oneInterfaceAtATime = "one-interface-at-a-time"
        /// Looks for cards only after it was told to power its slot off.
        case powerOffAtOpen = "power-off-at-open"
        /// Says that a card is there though none is: only power tells.
        case alwaysSaysPresent = "always-says-present"
        /// Does not tell of every card by its interrupt endpoint: ask for its slots' state instead.
        case noInterrupts = "no-interrupts"
    }

    /// A question by Escape whose answer holds a text.
    public struct FirmwareQuestion: Hashable, Sendable {
        /// The octets behind the header of PC_to_RDR_Escape.
        public var escape: [UInt8]
        /// Octets of the answer in front of the text.
        public var skip: Int

        public init(escape: [UInt8], skip: Int) {
            self.escape = escape
            self.skip = skip
        }
    }

    public init(
        id: String, name: String, usb: [USBIdentity] = [], interfaces: [[SlotUse]], quirks: Set<Quirk> = [],
        firmware: FirmwareQuestion? = nil, sources: [String] = []
    ) {
        self.id = id
        self.name = name
        self.usb = usb
        self.interfaces = interfaces
        self.quirks = quirks
        self.firmware = firmware
        self.sources = sources
    }
}

/// The same beside an emulated reader's model.
public typealias ReaderProfile = ReaderModel

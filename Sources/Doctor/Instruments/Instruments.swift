public import CUPSPrinting
public import DeviceLayer
public import Enrolment
public import Journal
public import KioskCore
public import KioskRuntime

/// What the doctor looks at the world with, handed in so that each check can be tested without it.
///
/// Whatever one of them throws is shown to the technician. None of them changes anything,
/// except that opening a journal counts a run.
public struct Instruments: Sendable {
    /// What the running kiosk says of itself on its technician socket.
    public var kioskStatus: @Sendable (_ socket: String) async throws -> KioskStatus
    /// Today's tickets of the running kiosk.
    public var kioskTickets: @Sendable (_ socket: String) async throws -> [TicketStatus]
    /// Has the running kiosk walk its journal.
    public var kioskVerification: @Sendable (_ socket: String) async throws -> JournalVerification
    /// Walks the journal of a kiosk that does not run.
    public var journalWalk: @Sendable (Configuration, TimeZoneOfIndonesia) async throws(JournalError) -> JournalWalk
    /// The print queue; nil when the scheduler has none of that name.
    public var queue: @Sendable (SpoolerAddress, _ name: String) async throws -> QueueInspection?
    /// Connects over TCP and hangs up again, without sending a byte.
    public var connection: @Sendable (_ host: String, _ port: Int) async throws -> Void
    /// The HTTP status of a GET, over TLS with this identity where there is one.
    public var httpStatus: @Sendable (_ url: String, _ identity: DeviceIdentity?, _ proxy: WebProxy?) async throws -> Int
    public var clock: @Sendable () async -> ClockFacts
    public var space: @Sendable (_ directory: String) async throws -> DiskSpace
    /// The devices of whoever serves this control socket.
    public var devices: @Sendable (_ socket: String) async throws -> [DeviceReport]
    /// The USB devices that are plugged in.
    public var plugged: @Sendable () async throws -> [PluggedDevice]
    public var pcscdRuns: @Sendable () async -> Bool
    /// The udev rules of this file name, where they are installed.
    public var rules: @Sendable (_ name: String) async -> InstalledRules?

    public init(
        kioskStatus: @escaping @Sendable (_ socket: String) async throws -> KioskStatus,
        kioskTickets: @escaping @Sendable (_ socket: String) async throws -> [TicketStatus],
        kioskVerification: @escaping @Sendable (_ socket: String) async throws -> JournalVerification,
        journalWalk: @escaping @Sendable (Configuration, TimeZoneOfIndonesia) async throws(JournalError) -> JournalWalk,
        queue: @escaping @Sendable (SpoolerAddress, _ name: String) async throws -> QueueInspection?,
        connection: @escaping @Sendable (_ host: String, _ port: Int) async throws -> Void,
        httpStatus: @escaping @Sendable (_ url: String, _ identity: DeviceIdentity?, _ proxy: WebProxy?) async throws -> Int,
        clock: @escaping @Sendable () async -> ClockFacts,
        space: @escaping @Sendable (_ directory: String) async throws -> DiskSpace,
        devices: @escaping @Sendable (_ socket: String) async throws -> [DeviceReport],
        plugged: @escaping @Sendable () async throws -> [PluggedDevice],
        pcscdRuns: @escaping @Sendable () async -> Bool,
        rules: @escaping @Sendable (_ name: String) async -> InstalledRules?
    ) {
        self.kioskStatus = kioskStatus
        self.kioskTickets = kioskTickets
        self.kioskVerification = kioskVerification
        self.journalWalk = journalWalk
        self.queue = queue
        self.connection = connection
        self.httpStatus = httpStatus
        self.clock = clock
        self.space = space
        self.devices = devices
        self.plugged = plugged
        self.pcscdRuns = pcscdRuns
        self.rules = rules
    }

    /// The machine itself.
    public static var live: Instruments {
        Instruments(
            kioskStatus: { socket in
                // Asked first, because an HTTP client tries a socket that nobody serves again and again.
                try await blocking { try Reachability.connect(socket: socket) }
                return try await TechnicianClient(socket: socket).status()
            },
            kioskTickets: { try await TechnicianClient(socket: $0).tickets() },
            kioskVerification: { try await TechnicianClient(socket: $0).verify() },
            journalWalk: { configuration, zone throws(JournalError) in try await JournalWalk.of(configuration, zone) },
            queue: { try await Spooler($0, queue: $1).inspection(timeout: .seconds(3)) },
            connection: { host, port in try await blocking { try Reachability.connect(host, port, within: .seconds(2)) } },
            httpStatus: { try await HTTPHealth.status($0, as: $1, through: $2) },
            clock: { ClockFacts.measured() },
            space: { directory in try await blocking { try DiskSpace(of: directory) } },
            devices: { socket in
                try await ControlClient(path: socket, patience: .seconds(3)).connected { session in
                    guard case .devices(let devices) = try await session.ask(.list) else { return [] }
                    return devices
                }
            },
            plugged: { try await blocking { try PluggedDevice.all() } }, pcscdRuns: { PCSCDaemon.isRunning() },
            rules: { InstalledRules.find($0) })
    }
}

/// Something of the system failed; the text says what and where.
struct SystemFailure: Error, CustomStringConvertible {
    var description: String
}

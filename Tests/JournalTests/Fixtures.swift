import Conditions
import DeviceSocket
import Foundation
import GRDB
import Journal
import KioskCore
import Secrets
import SyncProtocol
import Synchronization

/// A folder that vanishes with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "journal-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var journal: String { path + "/journal" }
    var database: String { journal + "/journal.sqlite" }

    /// The octets of every file of the journal.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: journal) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: journal + "/" + name))
        }
        return files
    }

    /// All rows of all tables of the closed journal, as text.
    func rows() throws -> [String] {
        let queue = try DatabaseQueue(path: database)
        defer { try? queue.close() }
        return try queue.read { database in
            let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            return try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
        }
    }

    /// Changes the closed journal behind its back.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

/// A disk and a clock that a test sets.
final class World: Sendable {
    let free = Mutex<Int64>(1 << 40)
    let wall = Mutex<Int64>(1_790_000_000_000)
    let monotonic = Mutex<UInt64>(77)
    let quality = Mutex(ClockQuality.synchronized)

    var environment: JournalEnvironment {
        JournalEnvironment(
            clock: { [self] in
                ClockReading(
                    wall: WallTime(milliseconds: wall.withLock { $0 }), quality: quality.withLock { $0 },
                    boot: BootID(octets: Array(1...16))!, monotonic: monotonic.withLock { $0 })
            },
            random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } },
            freeSpace: { [self] _ in free.withLock { $0 } })
    }
}

let site = SiteID("pekanbaru")!
let kiosk = KioskID("k1")!
let identityCard = ServiceKey("dukcapil/ktp-el")!
let today = ServiceDay(number: 20_778)
/// Not a real person's: the serial 0001 of a regency and a date that the rules of the number allow.
let nik = Array("1471011708900001".utf8)

func openJournal(
    _ folder: TemporaryFolder, kiosk: KioskID = kiosk, recipient: SealingKey? = nil, limits: JournalLimits = JournalLimits(),
    world: World = World()
) async throws(JournalError) -> Journal {
    try await Journal.open(
        directory: folder.journal, site: site, kiosk: kiosk, zone: .jakarta, recipient: recipient, limits: limits,
        environment: world.environment)
}

func request(series: String = "KKA", day: ServiceDay = today, nik: [UInt8]? = nil) -> TicketRequest {
    TicketRequest(service: identityCard, series: series, day: day, particulars: Particulars(identity: nik.map { .typed(Secret($0)) }))
}

extension Ticket {
    /// The print id of a sheet.
    func sheet(_ copy: Int = 1) -> PrintID { PrintID(PrintCopy(id, number: copy).description)! }
}

extension PrintCopy {
    var printID: PrintID { PrintID(description)! }
}

extension Entry {
    var text: String { String(decoding: body, as: UTF8.self) }
}

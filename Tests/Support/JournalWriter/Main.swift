import Conditions
import DeviceLayer
import DeviceSocket
import GRDB
import Glibc
import Journal
import KioskCore
import LocalFiles
import Secrets
import SyncProtocol

/// Writes a journal until it is stopped or killed, and says on standard output what was acknowledged, one line each.
///
/// `journal-writer issue|visit|tend|plain|whole|drain|ledger FOLDER COUNT`
/// - `issue`: tickets with a NIK. `KKA-001 TICKETID`, or `refused CODE`.
/// - `visit`: the same, each printed and delivered before the line.
/// - `tend`: visits; `tending` after each tenth, from where on the centre has all of it and the journal prunes it.
/// - `drain`: fills the disk, and then brings what was accepted to its end; see ``DrainedDisk``.
/// - `plain`: rows in a WAL database as GRDB opens it, synchronous=NORMAL: what the journal must not do.
/// - `ledger`: prints in the ledger of a device layer without a kiosk. `begun ID`, `settled ID`; each third stays begun.
/// - `whole`: one file written anew again and again, as every file is that must be there whole. `whole 1`, `whole 2`, …
@main
struct JournalWriter {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else {
            say("usage: journal-writer issue|visit|tend|plain|whole|drain|ledger FOLDER COUNT")
            exit(64)
        }
        do {
            switch arguments[1] {
            case "drain": try await DrainedDisk(folder: arguments[2]).run(count)
            case "plain": try plain(arguments[2] + "/plain.sqlite", count)
            case "ledger": try await ledger(arguments[2] + "/prints.ledger", count)
            case "whole": try whole(arguments[2] + "/file", count)
            case let mode: try await write(arguments[2], count, visits: mode != "issue", tends: mode == "tend")
            }
        } catch let error as JournalError {
            say("refused \(error.code.rawValue)")
            exit(3)
        } catch {
            say("failed \(error)")
            exit(4)
        }
    }

    static func ledger(_ path: String, _ count: Int) async throws {
        let ledger = try FileLedger(path, keeping: count / 4)
        for number in 1...count {
            guard let id = PrintID("foreign:\(number)"), try await ledger.begin(id) == .begun else { exit(70) }
            say("begun \(id)")
            guard number % 3 != 0 else { continue }
            _ = try await ledger.settle(id, PrintResult(.printed))
            say("settled \(id)")
        }
    }

    static func write(_ folder: String, _ count: Int, visits: Bool, tends: Bool) async throws {
        guard let site = SiteID("pekanbaru"), let kiosk = KioskID("k1"), let agency = AgencyID("dukcapil"),
            let service = ServiceID("ktp-el")
        else { exit(70) }
        let journal = try await Journal.open(
            directory: folder, site: site, kiosk: kiosk, zone: .jakarta, recipient: OpeningKey().sealingKey)
        say("open")
        _ = try await journal.settleUnfinished()
        _ = try await journal.recoverVisits()
        let request = TicketRequest(
            service: ServiceKey(agency, service), series: "KKA", day: ServiceDay(number: 20_000),
            particulars: Particulars(identity: .typed(Secret("1471011708900001".utf8))))
        for visit in 0..<count {
            do throws(JournalError) {
                let ticket = try await journal.issue(request)
                if visits { try await show(ticket, journal) }
                say("\(ticket.number) \(ticket.id)")
                if tends, visit % 10 == 9 { try await tend(journal) }
            } catch {
                // Not stored, and known not to be: the next one may succeed.
                guard error.code == .inputOutput else { throw error }
                say("refused inputOutput")
            }
        }
        try await journal.close()
        say("closed")
    }

    static func show(_ ticket: Ticket, _ journal: Journal) async throws(JournalError) {
        guard let print = PrintID(PrintCopy(ticket.id, number: 1).description) else { exit(70) }
        guard try await journal.begin(print) == .begun else { exit(71) }
        _ = try await journal.settle(print, PrintResult(.printed))
        try await journal.recordDelivery(of: ticket.id, by: .paper)
    }

    static func tend(_ journal: Journal) async throws(JournalError) {
        say("tending")
        let head = try await journal.head(of: .transactions)
        try await journal.acknowledge(head, lane: .transactions)
        try await journal.markSafe(head, lane: .transactions)
        _ = try await journal.tend()
    }

    static func whole(_ path: String, _ count: Int) throws {
        for version in 1...count {
            let line = Array("\(version)\n".utf8)
            try WholeFile.write(Array(repeatElement(line, count: 500 * version).joined()), to: path, mode: 0o600)
            say("whole \(version)")
        }
    }

    static func plain(_ path: String, _ count: Int) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { try $0.execute(sql: "CREATE TABLE rows (id INTEGER PRIMARY KEY)") }
        for row in 1...count {
            try queue.write { try $0.execute(sql: "INSERT INTO rows (id) VALUES (?)", arguments: [row]) }
            say("KKA-\(row) plain")
        }
    }

    /// One system call a line, so that a line is out when the next commit begins.
    static func say(_ line: String) {
        let octets = Array((line + "\n").utf8)
        guard Glibc.write(1, octets, octets.count) == octets.count else { exit(74) }
    }
}

import Enrolment
import Glibc
import Journal
import KioskCore
import KioskRuntime
import Logging
import SyncProtocol
import SyncTransport

/// A kiosk without screen and printer, to be killed: a journal and its way to a centre.
///
/// `sync-kiosk issue|drain FOLDER URL KIOSK [IDENTITY]`
/// - `issue`: tickets, one after another, until it is killed; the id of each on standard output once it is durable.
/// - `drain`: nothing new; ends once the centre has everything.
/// - `IDENTITY`: the folder of `anjungan enroll`, where the centre is behind TLS.
@main
struct SyncKiosk {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard 5...6 ~= arguments.count, ["issue", "drain"].contains(arguments[1]), let site = SiteID("pekanbaru"),
            let kiosk = KioskID(arguments[4]),
            let agency = AgencyID("dpmptsp"), let service = ServiceID("perizinan")
        else {
            say("usage: sync-kiosk issue|drain FOLDER URL KIOSK [IDENTITY]")
            exit(64)
        }
        let journal = try await Journal.open(directory: arguments[2], site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
        _ = try await journal.settleUnfinished()
        _ = try await journal.recoverVisits()
        let centre = CentreClient(
            url: arguments[3], credentials: arguments.count == 6 ? Credentials(folder: arguments[5]) : nil)
        let logger = Logger(label: "sync-kiosk") { _ in SwiftLogNoOpLogHandler() }
        let timing = SyncTiming(
            base: .milliseconds(10), cap: .milliseconds(100), heartbeat: .milliseconds(300), spread: .milliseconds(20))
        // A series of its own for each kiosk, as a mall gives them.
        let request = TicketRequest(
            service: ServiceKey(agency, service), series: kiosk.rawValue.uppercased(), day: ServiceDay(number: 20_779))
        try await withThrowingTaskGroup { group in
            for lane in Lane.allCases {
                let sync = ChainSync(JournalLane(journal: journal, lane: lane), to: centre, timing: timing, logger: logger) { _ in }
                group.addTask { try await sync.run() }
            }
            if arguments[1] == "issue" {
                while true { say("\(try await journal.issue(request).id)") }
            }
            for await _ in journal.changes() {
                var isDone = true
                for lane in Lane.allCases where try await journal.head(of: lane) != journal.acknowledged(lane) { isDone = false }
                if isDone { break }
            }
            group.cancelAll()
        }
        try await centre.close()
        try await journal.close()
    }

    /// One system call a line, so that a line is out when the next commit begins.
    static func say(_ line: String) {
        let octets = Array((line + "\n").utf8)
        guard Glibc.write(1, octets, octets.count) == octets.count else { exit(74) }
    }
}

import Conditions
import DeviceLayer
import DeviceSocket
import Glibc
import Journal
import KioskCore
import SyncProtocol

/// A journal on a small file system that somebody else fills to the last octet: what must go on goes on.
struct DrainedDisk {
    /// The journal's folder, on a file system of its own of some 24 MB.
    let folder: String

    /// - Parameter count: how many prints are settled on the full disk.
    func run(_ count: Int) async throws {
        guard let site = SiteID("pekanbaru"), let kiosk = KioskID("k1"), let service = ServiceKey("dukcapil/ktp-el") else { exit(70) }
        let journal = try await Journal.open(
            directory: folder, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil, limits: JournalLimits(reserve: 9 << 20))
        let request = TicketRequest(service: service, series: "KKA", day: ServiceDay(number: 20_000))
        var tickets: [Ticket] = []
        for _ in 0..<count { tickets.append(try await journal.issue(request)) }
        try await journal.tend()
        JournalWriter.say("ballast \(try await journal.stats().ballast)")
        fill()
        // What follows needs room for the log of its own changes.
        await tell("issue") { _ = try await journal.issue(request) }
        for ticket in tickets {
            guard let print = PrintID(PrintCopy(ticket.id, number: 1).description) else { exit(70) }
            _ = try await journal.begin(print)
            _ = try await journal.settle(print, PrintResult(.printed))
            try await journal.recordDelivery(of: ticket.id, by: .paper)
        }
        JournalWriter.say("settled \(tickets.count), ballast \(try await journal.stats().ballast)")
        let head = try await journal.head(of: .transactions)
        try await journal.acknowledge(head, lane: .transactions)
        try await journal.markSafe(head, lane: .transactions)
        let pruned = try await journal.tend()
        JournalWriter.say("pruned \(pruned.entries) entries, \(pruned.tickets) tickets")
        await tell("issue") { _ = try await journal.issue(request) }
        unlink(filling)
        await tell("issue") { _ = try await journal.issue(request) }
        try await journal.tend()
        JournalWriter.say("ballast \(try await journal.stats().ballast)")
        JournalWriter.say("verified to \(try await journal.verify()[.transactions]?.sequence ?? 0)")
        try await journal.close()
    }

    private var filling: String { folder + "/../filling" }

    private func tell(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            JournalWriter.say("\(what) accepted")
        } catch {
            JournalWriter.say("\(what) refused \((error as? JournalError)?.code.rawValue ?? "\(error)")")
        }
    }

    /// Writes until not one octet is left.
    private func fill() {
        let file = open(filling, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        for size in [1 << 16, 4096, 1] {
            let block = [UInt8](repeating: 1, count: size)
            while write(file, block, size) == size {}
        }
        JournalWriter.say("disk full")
    }
}

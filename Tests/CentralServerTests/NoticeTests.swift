import Enrolment
import Foundation
import KioskCore
import SyncProtocol
import SyncTransport
import Testing

@testable import CentralServer

/// What a centre's people write for its kiosks, and what becomes of it.
@Suite struct NoticeTests {
    private static let kiosk = DeviceName("pekanbaru/mpp-1")!
    private static let one = NoticeScope("pekanbaru/mpp-1")!
    private static let all = NoticeScope("pekanbaru")!

    @Test func whatStandsForOneKioskComesBeforeItsSites() {
        var book = NoticeBook()
        book[Self.all].emergency = Emergency(since: 1)
        book[Self.all].bundle = "of the site"
        book[Self.all].renewal = 5
        book[Self.one].emergency = Emergency(since: 2)
        book[Self.one].renewal = 3
        let orders = book.orders(for: Self.kiosk)
        #expect(orders.emergency == Emergency(since: 2) && orders.bundle == "of the site")
        #expect(orders.renewal == 5, "the later of the two")
        #expect(book.orders(for: DeviceName("pekanbaru/mpp-2")!) == book[Self.all])
        #expect(book.orders(for: DeviceName("dumai/mpp-1")!) == NoticeBook.Orders())
        book[Self.one] = NoticeBook.Orders()
        #expect(book.orders.keys.sorted() == ["pekanbaru"])
        #expect(NoticeScope("Pekanbaru") == nil && NoticeScope("pekanbaru/") == nil && NoticeScope("a/b/c") == nil)
    }

    @Test func theTagNamesTheContent() {
        var book = NoticeBook()
        func notices(_ key: String = "key", issued: Int64? = nil) -> Notices {
            Notices(book, for: Self.kiosk, sealingKey: key, issued: issued.map(WallTime.init(milliseconds:)))
        }
        let quiet = notices()
        #expect(quiet == notices())
        #expect(quiet.tag.count == 16 && quiet.tag != notices("another key").tag)
        book[Self.all].renewal = 10
        let before = notices(issued: 9)
        #expect(before.renewal == true && before.tag != quiet.tag)
        #expect(notices(issued: 10) == quiet, "its key is not older than the order")
        #expect(notices() == quiet, "it has no key")
    }

    @Test func theBookIsWholeAndChangedByOneAtATime() throws {
        let folder = "/tmp/anjungan-notices-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try NoticeBook.load(directory: folder).orders.isEmpty)
        try NoticeBook.change(directory: folder) { book in
            book[Self.all].emergency = Emergency(since: 1, indonesian: "Mohon keluar.")
            #expect(throws: StoreError(.owned, "")) { try NoticeBook.change(directory: folder) { _ in } }
        }
        let text = try String(contentsOfFile: "\(folder)/notices.json", encoding: .utf8)
        #expect(text == #"{"pekanbaru":{"emergency":{"id":"Mohon keluar.","since":1}}}"# + "\n")
        try "{".write(toFile: "\(folder)/notices.json", atomically: true, encoding: .utf8)
        #expect(throws: StoreError(.corrupted, "")) { try NoticeBook.load(directory: folder) }
        #expect(throws: StoreError(.corrupted, "")) { try NoticeBook.change(directory: folder) { _ in } }
    }

    /// The command as it is, at a centre that runs, and a kiosk that waits there.
    @Test(.timeLimit(.minutes(15))) func aCommandReachesWhoeverWaitsAtARunningCentre() async throws {
        let folder = "/tmp/anjungan-notices-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let centre = try CentreProcess(store: folder)
        let url = "http://\(centre.address)/"
        let quiet = try await Self.ask(url, known: nil)
        #expect(quiet.emergency == nil && quiet.sealingKey == nil)
        async let waiting = Self.ask(url, known: quiet.tag)
        let called = try CentreProcess.run(["notice", "emergency", "pekanbaru", "--text", "Mohon keluar.", "--store", folder])
        #expect(called.status == 0, "\(called)")
        let alarm = try await waiting
        #expect(alarm.emergency?.indonesian == "Mohon keluar." && alarm.emergency?.english == nil)
        let listed = try CentreProcess.run(["notice", "list", "--store", folder])
        #expect(listed.output.contains("pekanbaru  EMERGENCY since") && listed.output.contains("Mohon keluar."))
        // Its screen shows it, and the report knows.
        async let over = Self.ask(url, known: alarm.tag, emergency: alarm.emergency?.since)
        while !(try CentreProcess.run(["report", "--store", folder]).output.contains("emergency since")) {}
        #expect(try CentreProcess.run(["notice", "all-clear", "pekanbaru", "--store", folder]).status == 0)
        #expect(try await over == quiet)
        let again = try CentreProcess.run(["notice", "all-clear", "pekanbaru", "--store", folder])
        #expect(again.status == 1 && again.errors.contains("no emergency was called"))
        for wrong in [
            ["emergency", "Pekanbaru"], ["emergency", "pekanbaru", "--text", String(repeating: "x", count: 161)],
            ["emergency", "pekanbaru", "--text", "two\nlines"],
        ] {
            #expect(try CentreProcess.run(["notice"] + wrong + ["--store", folder]).status == 64)
        }
        #expect(try CentreProcess.run(["notice", "bundle", "pekanbaru", "/no/such/file", "--store", folder]).status == 1)
        let hash = String(repeating: "a", count: 64)
        #expect(try CentreProcess.run(["notice", "bundle", "pekanbaru", hash, "--store", folder]).status == 0)
        #expect(try CentreProcess.run(["notice", "renew", "pekanbaru/mpp-1", "--store", folder]).status == 0)
        let book = try NoticeBook.load(directory: folder)
        #expect(book[Self.all].bundle == hash && book[Self.one].renewal != nil)
        #expect(centre.stop() == 0)
    }

    /// Asks as the kiosk mpp-1 does.
    static func ask(_ url: String, known: String?, emergency: Int64? = nil) async throws -> Notices {
        let client = CentreClient(url: url, waits: true)
        let asked: Result<Notices, SyncMachine.Failure>
        do throws(SyncMachine.Failure) {
            asked = .success(
                try await client.notices(
                    NoticeRequest(site: kiosk.site, kiosk: kiosk.kiosk, known: known, bundle: nil, emergency: emergency)))
        } catch {
            asked = .failure(error)
        }
        try await client.close()
        return try asked.get()
    }
}

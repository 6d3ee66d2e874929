import Enrolment
import Foundation
import KioskCore
import Logging
import SyncProtocol
import Testing

@testable import CentralServer

/// What a mall's centre makes of what the city's says: decisions, and what of them lasts.
@Suite struct NoticesFromAboveTests {
    private static let site = SiteID("pekanbaru")!
    private static let all = NoticeScope("pekanbaru")!
    private static let one = NoticeScope("pekanbaru/mpp-1")!
    private static let kiosk = DeviceName("pekanbaru/mpp-1")!
    private static let other = DeviceName("pekanbaru/mpp-2")!
    private static let forwarder = DeviceName("pekanbaru/all-kiosks")!
    private static let (fire, flood) = (Emergency(since: 1, indonesian: "Kebakaran."), Emergency(since: 2, indonesian: "Banjir."))

    /// What a centre says to the one below it, of a book of its own.
    private static func said(_ body: (inout NoticeBook) -> Void) -> Notices {
        var book = NoticeBook()
        body(&book)
        return Notices(book, for: forwarder, sealingKey: "city", issued: nil)
    }

    private static func mall(_ above: Notices, _ body: (inout NoticeBook) -> Void = { _ in }) -> NoticeBook {
        var book = NoticeBook()
        book.above["pekanbaru"] = above
        body(&book)
        return book
    }

    @Test func theNearestWordHoldsAndTheEndOfOneEmergencyIsNotThatOfTheOther() {
        let city = Self.said { $0[Self.all].emergency = Self.flood }
        var book = Self.mall(city)
        #expect(book.orders(for: Self.kiosk).emergency == Self.flood)
        #expect(book.orders(for: DeviceName("dumai/mpp-1")!) == NoticeBook.Orders(), "another site")
        book[Self.all].emergency = Self.fire
        #expect(book.orders(for: Self.kiosk).emergency == Self.fire)
        book[Self.all].emergency = nil
        #expect(book.orders(for: Self.kiosk).emergency == Self.flood, "the city's goes on")
        book[Self.all].emergency = Self.fire
        book.above["pekanbaru"] = Self.said { _ in }
        #expect(book.orders(for: Self.kiosk).emergency == Self.fire, "the mall's goes on")
    }

    @Test func aBundleGoesDownAndTheMallsOwnOrderComesFirst() {
        let city = Self.said { $0[Self.all].bundle = "city" }
        #expect(Self.mall(city).orders(for: Self.kiosk).bundle == "city")
        #expect(Self.mall(city) { $0[Self.all].bundle = "mall" }.orders(for: Self.kiosk).bundle == "mall")
    }

    @Test func whatTheCitySaysToOneKioskReachesThatOne() {
        let city = Self.said {
            $0[Self.all].bundle = "all"
            $0[Self.one].emergency = Self.fire
            $0[Self.one].bundle = "one"
        }
        #expect(city.kiosks == ["mpp-1": KioskNotices(emergency: Self.fire, bundle: "one")])
        let book = Self.mall(city)
        #expect(book.orders(for: Self.kiosk).emergency == Self.fire && book.orders(for: Self.kiosk).bundle == "one")
        #expect(book.orders(for: Self.other).emergency == nil && book.orders(for: Self.other).bundle == "all")
        #expect(Notices(book, for: Self.kiosk, sealingKey: "mall", issued: nil).kiosks == nil, "no kiosk hears of another")
    }

    /// Certificates are each centre's own: the order is for the keys with which the mall's centre itself comes.
    @Test func newDeviceKeysStopAtTheMall() {
        var city = Self.said { $0[Self.all].renewal = 10 }
        city.renewal = true
        let notices = Notices(Self.mall(city), for: Self.kiosk, sealingKey: "mall", issued: WallTime(milliseconds: 5))
        #expect(notices.renewal == nil)
    }

    /// Who can read personal data must not change because one centre was joined to another.
    @Test func theSealingKeyStopsAtTheMall() {
        let ministry = Self.said { $0[Self.all].emergency = Self.flood }
        let city = Notices(Self.mall(ministry), for: Self.forwarder, sealingKey: "regional", issued: nil)
        #expect(city.emergency == Self.flood && city.sealingKey == "regional")
        let kiosk = Notices(Self.mall(city), for: Self.kiosk, sealingKey: "mall", issued: nil)
        #expect(kiosk.emergency == Self.flood && kiosk.sealingKey == "mall")
        #expect(Notices(Self.mall(city), for: Self.kiosk, sealingKey: nil, issued: nil).sealingKey == nil, "nor in place of none")
    }

    @Test func anEmergencyFromAboveIsEndedHereUntilTheNext() {
        let city = Self.said {
            $0[Self.all].emergency = Self.flood
            $0[Self.one].emergency = Self.fire
        }
        var book = Self.mall(city)
        let isLifted = book.lift(fromAbove: Self.site)
        #expect(isLifted)
        #expect(book.orders(for: Self.kiosk).emergency == nil && book.orders(for: Self.other).emergency == nil)
        book.above["pekanbaru"] = Self.said { $0[Self.all].emergency = Emergency(since: 3) }
        #expect(book.orders(for: Self.kiosk).emergency?.since == 3)
        var quiet = NoticeBook()
        let isNothing = quiet.lift(fromAbove: Self.site)
        #expect(!isNothing && quiet.orders.isEmpty)
    }

    @Test func whatIsTakenOverLastsAndIsWrittenOnce() throws {
        let bench = Bench()
        try FileManager.default.createDirectory(atPath: bench.folder, withIntermediateDirectories: true)
        let city = Self.said { $0[Self.all].emergency = Self.flood }
        let board = try NoticeBoard(directory: bench.folder, logger: UpstreamTests.logger)
        try board.takeOver(city, of: Self.site)
        let path = "\(bench.folder)/notices-above.json"
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        var rotated = city
        rotated.sealingKey = "new"
        try board.takeOver(rotated, of: Self.site)
        let again = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.systemFileNumber] as? Int == again[.systemFileNumber] as? Int, "the same again is not written, nor a key")
        try board.takeOver(city, of: SiteID("dumai")!)
        let next = try NoticeBoard(directory: bench.folder, logger: UpstreamTests.logger).book
        #expect(next.orders(for: Self.kiosk).emergency == Self.flood)
        #expect(next.orders(for: DeviceName("dumai/mpp-1")!).emergency == Self.flood)
        #expect(next.above["pekanbaru"] == Notices(tag: "", emergency: Self.flood), "no key, which is for the city's own kiosks")
        // A command's change leaves it as it is, and the other way round.
        try NoticeBook.change(directory: bench.folder) { $0[Self.all].bundle = "mall" }
        try board.takeOver(Self.said { _ in }, of: Self.site)
        let last = try NoticeBook.load(directory: bench.folder)
        #expect(last[Self.all].bundle == "mall" && last.orders(for: Self.kiosk).emergency == nil)
        #expect(try NoticeBook.forgetAbove(directory: bench.folder))
        #expect(try NoticeBook.load(directory: bench.folder).above.isEmpty)
        #expect(try !NoticeBook.forgetAbove(directory: bench.folder), "nothing is left to forget")
    }

    /// A disk that cannot keep it must not keep it from people in danger.
    @Test func whatCannotBeKeptIsToldAndTriedAgain() throws {
        let bench = Bench()
        let path = "\(bench.folder)/notices-above.json"
        try FileManager.default.createDirectory(atPath: bench.folder, withIntermediateDirectories: true)
        let board = try NoticeBoard(directory: bench.folder, logger: UpstreamTests.logger)
        // No file can take the place of a folder.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let city = Self.said { $0[Self.all].emergency = Self.flood }
        #expect(throws: (any Error).self) { try board.takeOver(city, of: Self.site) }
        #expect(board.book.orders(for: Self.kiosk).emergency == Self.flood)
        try FileManager.default.removeItem(atPath: path)
        try board.takeOver(city, of: Self.site)
        #expect(try NoticeBook.load(directory: bench.folder).orders(for: Self.kiosk).emergency == Self.flood)
    }

    @Test func aReportSaysWhoseEmergencyIsOnTheScreen() async throws {
        let bench = Bench()
        let store = try await bench.open()
        for name in [Self.kiosk, Self.other] {
            let since = name == Self.kiosk ? Self.flood.since : Self.fire.since
            let asked = NoticeRequest(site: name.site, kiosk: name.kiosk, known: nil, bundle: nil, emergency: since)
            try await store.keep(KioskWord(asked), of: name, at: noon)
        }
        let book = Self.mall(Self.said { $0[Self.all].emergency = Self.flood }) {
            $0[NoticeScope("pekanbaru/mpp-2")!].emergency = Self.fire
        }
        let report = try await store.report(today, made: noon, notices: book)
        #expect(report.alarms.map(\.isFromAbove) == [true, nil])
        #expect(ReportTable(report).description.contains("emergency from above since"))
        try await store.close()
    }

    @Test func clocksThatDifferAreToldOnce() {
        var clock = UpstreamClock()
        #expect(clock.heard(offset: .seconds(100)) == nil)
        #expect(clock.heard(offset: .seconds(-121)) == .differs(by: .seconds(-121)))
        #expect(clock.heard(offset: .seconds(500)) == nil)
        #expect(clock.heard(offset: .seconds(-3)) == .agrees)
        #expect(clock.heard(offset: .seconds(86_400)) == .differs(by: .seconds(86_400)))
    }
}

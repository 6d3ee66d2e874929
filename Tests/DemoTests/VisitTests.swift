import Foundation
import KioskCore
import KioskRuntime
import Secrets
import Subprocess
import SystemPackage
import Testing

extension DemoTests {
    @Test(.timeLimit(.minutes(15))) func aVisitLeadsToOneSheetThatBearsItsNumber() async throws {
        try await DemoProcess.run { demo in
            let first = try await demo.visit()
            let second = try await demo.visit()
            #expect([first, second].map(\.ending.outcome) == [.printed, .printed])
            // The centre's series, or the kiosk's own where the centre took longer than a citizen is kept waiting.
            #expect([first, second].allSatisfy { $0.ending.number?.wholeMatch(of: /PZA?-00[12]/) != nil })
            #expect(first.ending.number != second.ending.number)
            let sheets = try await Paper.read(demo).sheets
            #expect(sheets.count == 2)
            for (report, sheet) in zip([first, second], sheets) {
                let number = try #require(report.ending.number)
                #expect(sheet.text.contains(number))
                #expect(sheet.millimetres <= 90, "at most 90 mm of paper")
                #expect(sheet.printID.flatMap(PrintCopy.init)?.number == 1)
                #expect(sheet.cut)
            }
            let picture = try await Paper.get("paper.png", of: demo)
            #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test(.timeLimit(.minutes(15))) func theTicketComesOutOnceWhenPaperIsBackWhileTheCitizenWaits() async throws {
        try await DemoProcess.run { demo in
            try await Paper.press("paper-out", true, of: demo)
            async let visit = demo.visit()
            try await demo.untilTheScreenShows(.trouble, because: "media-empty")
            let before = try await Paper.read(demo).sheets
            #expect(before.isEmpty)
            try await Paper.press("paper-out", false, of: demo)
            let ending = try await visit.ending
            #expect(ending.outcome == .printed)
            let after = try await Paper.read(demo).sheets
            #expect(after.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(15))) func whoLeavesWithTheNumberLeavesNothingInThePrinter() async throws {
        try await DemoProcess.run { demo in
            try await Paper.press("paper-out", true, of: demo)
            async let visit = demo.visit()
            let trouble = try await demo.untilTheScreenShows(.trouble, because: "media-empty")
            let number = try #require(trouble.screen.number)
            try await demo.touch(.done, on: trouble)
            let ending = try await visit.ending
            #expect(ending == .init(number: number, outcome: .screen))
            try await demo.untilTheScreenShows(.greeting)
            try await Paper.press("paper-out", false, of: demo)
            // The next visitor's ticket is the first that comes out.
            let next = try await demo.visit()
            let nextNumber = try #require(next.ending.number)
            let sheets = try await Paper.read(demo).sheets.filter { $0.text.contains("Berlaku") }
            #expect(sheets.count == 1)
            #expect(sheets.first?.text.contains(nextNumber) == true)
        }
    }

    @Test(.timeLimit(.minutes(15))) func aServiceThatAsksForANIKNeverSendsItBackAndNeverStoresItPlainly() async throws {
        try await DemoProcess.run { demo in
            let script = VisitScript(
                service: ServiceKey("disdukcapil/kartu-keluarga")!, nik: Secret("1471114101900001".utf8), reply: .leave)
            let report = try await VisitRunner(client: demo.screen).visit(script, patience: .seconds(30))
            #expect(report.ending.outcome == .printed)
        } afterwards: { demo in
            let leaks = try Self.files(below: demo.folder, holding: "1471114101900001")
            #expect(leaks == [])
        }
    }

    @Test(.timeLimit(.minutes(15))) func theOtherPaperWidthAndTheDirectRouteWorkToo() async throws {
        try await DemoProcess.run(["--model", "emulated-58", "--route", "direct"]) { demo in
            let report = try await demo.visit()
            #expect(report.ending.outcome == .printed)
            let sheets = try await Paper.read(demo).sheets
            #expect(sheets.count == 1)
            let sheet = try #require(sheets.first)
            #expect(sheet.millimetres <= 90)
        }
    }

    private static func files(below folder: String, holding text: String) throws -> [String] {
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        return files.filter { FileManager.default.contents(atPath: "\(folder)/\($0)")?.range(of: Data(text.utf8)) != nil }
    }
}

extension DemoProcess {
    /// Watches the screen until it shows this, with this notice if one is asked for.
    @discardableResult
    func untilTheScreenShows(_ kind: ScreenMessage.Body.Kind, because notice: String? = nil) async throws -> ScreenMessage {
        try await screen.converse { screens, _ in
            for try await message in screens where message.screen.kind == kind && (notice == nil || message.notice?.code == notice) {
                return message
            }
            throw NotStarted(description: "the kiosk closed the connection before it showed \(kind)")
        }
    }

    func touch(_ touch: Touch, on message: ScreenMessage) async throws {
        try await screen.converse { _, say in
            try await say(PageMessage(visit: VisitID(message.visit), revision: message.revision, .touch(touch)))
        }
    }
}

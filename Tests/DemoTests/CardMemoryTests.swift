import Foundation
import FoundationNetworking
import Journal
import KioskCore
import KioskRuntime
import Subprocess
import SyncProtocol
import SystemPackage
import Testing

/// After visits with a card, a booking and a verified document no number, name or reference is in the kiosk's memory, and no file of it holds
/// what the card calls itself.
extension DemoTests {
    /// Nobody's, by the rules of a NIK: there is no district 99. The sample card of the demo's centre points to the first.
    private static let niks = ["1471994512900101", "1472995701880202"]
    private static let others = ["card 045a31b21c6480", "name SITI RAHMAWATI", "name R7K2-MALAM"]

    @Test(.timeLimit(.minutes(15))) func nothingOfACardIsLeftInTheKiosksMemory() async throws {
        let documents = "/tmp/anjungan-documents-\(UUID().uuidString.prefix(8))"
        try #require(mkfifo(documents, 0o600) == 0)
        defer { unlink(documents) }
        let verifier = DemoProcess.program.replacing("/anjungan", with: "/emulated-verifier") + " --documents \(documents)"
        try await DemoProcess.run(["--speed", "2000", "--no-stock"], environment: ["ANJUNGAN_CARD_VERIFIER": verifier]) { demo in
            let trace = PersonalData(folder: demo.folder, niks: Self.niks, others: Self.others)
            try FileManager.default.createDirectory(atPath: trace.cores, withIntermediateDirectories: false)
            let kiosk = try demo.pid(of: "run")

            // The search can fail: while it is there, it is found.
            try await demo.walk(untilConfirmedBy: { try await demo.press("tap/enrolled") }) {
                try await trace.dump(kiosk, "confirming")
            }
            let planted = try await trace.found(in: [trace.core("confirming")])
            #expect(planted.contains { $0.contains("as text") }, "a NIK that waits to be confirmed is overlooked: \(planted)")
            try await demo.whileACardIsHeld { try await trace.dump(kiosk, "held") }
            let held = try await trace.found(in: [trace.core("held")])
            #expect(held.contains { $0.contains("a card's number (octets)") }, "a card that is remembered is overlooked: \(held)")
            for core in ["confirming", "held"] { try FileManager.default.removeItem(atPath: trace.core(core)) }

            for _ in 0..<3 { try await demo.walk(untilConfirmedBy: { try await demo.press("tap/enrolled") }) }
            try await demo.press("network/cut")
            try await demo.walk(useCard: true, untilConfirmedBy: { try await demo.press("tap/enrolled") })
            try await demo.press("network/restore")
            try await demo.walk(untilConfirmedBy: {
                try "1472995701880202 SITI RAHMAWATI\n".write(toFile: documents, atomically: false, encoding: .utf8)
            })
            try await demo.show("ANJUNGAN:\(PersonalData.service):R7K2-MALAM")
            try await demo.walk(untilConfirmedBy: { try await demo.press("tap/enrolled") })
            try await demo.untilTheScreenShows(.greeting)
            // While it lies there, it is known.
            try await demo.untilNoCardLiesThere()

            try await trace.dump(kiosk, "run")
            let files = try await trace.found(in: ["\(demo.folder)/kiosk", "\(demo.folder)/log"])
            #expect(files == [], "in journal and logs")
            let left = try await trace.found(in: [trace.core("run")])
            #expect(left == [], "after the visits")
        } afterwards: { demo in
            let journal = try await Journal.open(
                directory: "\(demo.folder)/kiosk/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, zone: .jakarta,
                recipient: nil)
            let bodies = try await journal.entries(after: 0, lane: .transactions, limit: .max).map {
                String(decoding: $0.body, as: UTF8.self)
            }
            try await journal.close()
            for (method, sealed) in [
                ("card", #"["nik"]"#), ("reference", #"["card"]"#), ("verified", #"["nik"]"#), ("card", #"["booking","nik"]"#),
            ] {
                #expect(
                    bodies.contains { $0.contains(#""method":"\#(method)""#) && $0.contains(#""sealed":\#(sealed)"#) },
                    "no ticket says that its visitor was known by \(method), with \(sealed) sealed")
            }
        }
    }
}

extension DemoProcess {
    /// Until the kiosk's reader is empty, as a technician sees it.
    func untilNoCardLiesThere() async throws {
        while true {
            let told = try await Subprocess.run(
                .path(FilePath(Self.program)), arguments: ["reader", "list", "--json", "--socket", "\(folder)/kiosk/control.sock"],
                output: .string(limit: 1 << 16))
            #expect(told.terminationStatus == .exited(0))
            if told.standardOutput.contains(#""slots":[{"state":"empty"}]"#) { return }
        }
    }

    /// Shows the scanner a code.
    func show(_ code: String) async throws {
        var request = URLRequest(url: URL(string: "http://127.0.0.1:\(paperPort)/codes")!)
        request.httpMethod = "POST"
        request.httpBody = Data(code.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        #expect((response as? HTTPURLResponse)?.statusCode == 204)
    }

    /// A visit to a service that asks who is there; who it is, `identify` shows at the keypad. With `look` the visitor leaves at the
    /// confirmation, behind it; else with a ticket.
    func walk(
        useCard: Bool = false, untilConfirmedBy identify: @escaping @Sendable () async throws -> Void,
        look: (@Sendable () async throws -> Void)? = nil
    ) async throws {
        try await screen.converse { screens, say in
            var script = VisitScript(service: PersonalData.service, nik: nil, reply: .leave)
            var hasShown = false
            for try await message in screens {
                let here = { PageMessage(visit: VisitID(message.visit), revision: message.revision, $0) }
                switch message.screen.kind {
                case .identify:
                    if !hasShown { try await identify() }
                    hasShown = true
                    if useCard, message.remark == .cardUnanswered { try await say(here(.touch(.useCard))) }
                case .confirm where look != nil:
                    try await look?()
                    return try await say(here(.touch(.cancel)))
                // A code may have begun the visit before the script looked.
                case .confirm: try await say(here(.touch(.ok)))
                case .ticket:
                    #expect(message.screen.paper == .printed)
                    return try await say(here(.touch(.done)))
                default:
                    if case .say(let content) = script.shown(message) { try await say(here(content)) }
                }
            }
            throw NotStarted(description: "the kiosk closed the connection in the middle of a visit")
        }
        try await untilTheScreenShows(.greeting)
    }

    /// Taps a card at the greeting and leaves behind `look`.
    func whileACardIsHeld(_ look: @escaping @Sendable () async throws -> Void) async throws {
        try await press("tap/enrolled")
        try await screen.converse { screens, say in
            for try await message in screens where message.remark == .cardHeld {
                try await look()
                return try await say(PageMessage(visit: VisitID(message.visit), revision: message.revision, .touch(.cancel)))
            }
            throw NotStarted(description: "the kiosk closed the connection before a card was held")
        }
        try await untilTheScreenShows(.greeting)
    }
}

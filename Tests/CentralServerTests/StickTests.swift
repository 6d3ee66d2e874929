import Enrolment
import Foundation
import Journal
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// A mall without a network, by the programs as they are: what a kiosk has journaled goes on a stick, signed, and the answer comes back.
@Suite(.serialized, .timeLimit(.minutes(15))) struct StickTests {
    private static let anjungan = CentreProcess.executable.replacing("anjungan-central", with: "anjungan")

    /// A kiosk's files, as far as its journal and its keys need them.
    private struct KioskFiles {
        let folder: String
        let configuration: String
        let id: KioskID

        init(_ name: String, in bench: Bench) throws {
            id = try #require(KioskID(name))
            folder = "\(bench.folder)/\(name)"
            configuration = "\(folder)/anjungan.yaml"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let needed = ["site_bundle", "kiosk_directory", "devices_directory", "device_socket"].map { "\($0): /nonexistent" }
            let keys = [
                "site: pekanbaru", "kiosk: \(name)", "state_directory: \(folder)", "printer_model: x", "printer_address: x:1",
                "centre_url: https://127.0.0.1:1/",
            ]
            try (keys + needed).joined(separator: "\n").write(toFile: configuration, atomically: true, encoding: .utf8)
        }

        func run(_ words: String...) throws -> (status: CInt, output: String, errors: String) {
            try CentreProcess.run(words + ["--config", configuration], of: StickTests.anjungan)
        }

        /// Issues tickets as the kiosk does; returns what its journal has then.
        func journal(visits: Int) async throws -> (chain: ChainName, entries: [[UInt8]]) {
            let journal = try await Journal.open(
                directory: "\(folder)/journal", site: try #require(SiteID("pekanbaru")), kiosk: id, zone: .jakarta, recipient: nil)
            let service = try #require(ServiceKey("dpmptsp/perizinan"))
            for _ in 0..<visits { _ = try await journal.issue(TicketRequest(service: service, series: "PZA", day: today)) }
            let entries = try await journal.batch(after: .start, lane: .transactions).entries
            let chain = journal.chain(.transactions)
            try await journal.close()
            return (chain, entries)
        }

        /// A new folder for a stick, with what the kiosk exports.
        func export(to name: String = "stick") throws -> String {
            let stick = "\(folder)/\(name)"
            try FileManager.default.createDirectory(atPath: stick, withIntermediateDirectories: true)
            let exported = try run("journal", "export", stick)
            #expect(exported.status == 0 && exported.output.contains("at the centre: anjungan-central import \(stick)"), "\(exported)")
            return stick
        }
    }

    private func enrol(_ kiosk: KioskFiles, at store: Bench) throws {
        let centre = try CentreProcess(store: store.folder, tls: true)
        let given = try CentreProcess.run(["enroll", "pekanbaru", kiosk.id.rawValue, "--store", store.folder])
        let done = try kiosk.run(
            "enroll", String(given.output.prefix { $0 != "\n" }), "--centre", "https://\(try #require(centre.door))/")
        #expect(done.status == 0, "\(done)")
        #expect(centre.stop() == 0)
    }

    private func files(_ folder: String, _ suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(suffix) }.sorted()
    }

    @Test func whatIsJournaledGoesToTheCentreSignedAndTheAnswerBack() async throws {
        let (store, bench) = (Bench(), Bench())
        let kiosk = try KioskFiles("mpp-1", in: bench)
        try enrol(kiosk, at: store)
        let (chain, entries) = try await kiosk.journal(visits: 5)
        let stick = try kiosk.export()
        #expect(try files(stick, ".sig").count == files(stick, ".anjb").count, "each batch has its signature")

        // A kiosk of the same mall that was never enrolled uses the same stick.
        let other = try KioskFiles("mpp-2", in: bench)
        let (otherChain, otherEntries) = try await other.journal(visits: 2)
        let unsigned = try CentreProcess.run(["journal", "export", stick, "--config", other.configuration], of: Self.anjungan)
        #expect(unsigned.output.contains("not signed"), "\(unsigned)")

        let taken = try CentreProcess.run(["import", stick, "--store", store.folder])
        #expect(taken.status == 0, "\(taken)")
        #expect(taken.output.contains("back to each kiosk: anjungan journal acknowledge FILE"), "\(taken.output)")
        #expect(try store.entries(of: chain) == entries)
        #expect(try store.entries(of: otherChain) == otherEntries)

        let answers = "\(stick)/\(BatchFiles.answers)"
        for (kiosk, count) in [(kiosk, entries.count), (other, otherEntries.count)] {
            let back = try kiosk.run("journal", "acknowledge", answers)
            #expect(back.status == 0, "\(back)")
            #expect(back.output.contains("the centre has it up to entry \(count)"), "\(back.output)")
            #expect(back.output.contains("it is of another kiosk's journal"), "\(back.output)")
            let stats = try kiosk.run("journal", "stats")
            #expect(stats.output.contains("the centre has \(count), in a backup 0; 0 waiting"), "\(stats.output)")
        }
        // The same stick again, and an answer that is not for this kiosk.
        #expect(try CentreProcess.run(["import", stick, "--store", store.folder]).status == 0)
        let third = try KioskFiles("mpp-3", in: bench)
        _ = try await third.journal(visits: 1)
        let lost = try third.run("journal", "acknowledge", answers)
        #expect(lost.status == 1 && lost.errors.contains("has nothing for this kiosk"), "\(lost)")
    }

    @Test func whatWasChangedOrIsNotTheKiosksIsRefusedAndShown() async throws {
        let (store, bench, elsewhere) = (Bench(), Bench(), Bench())
        let kiosk = try KioskFiles("mpp-1", in: bench)
        try enrol(kiosk, at: store)
        let (chain, _) = try await kiosk.journal(visits: 3)
        let stick = try kiosk.export()
        let name = try #require(try files(stick, ".anjb").first { $0.contains(".transactions.") })
        let sound = try Data(contentsOf: URL(fileURLWithPath: "\(stick)/\(name)"))
        // A letter of the last entry's body, far from anything that gives the batch its form.
        var changed = sound
        let place = try #require(changed.range(of: Data("perizinan".utf8), options: .backwards)?.lowerBound)
        changed[place] ^= 1
        try changed.write(to: URL(fileURLWithPath: "\(stick)/\(name)"))
        let tampered = try CentreProcess.run(["import", stick, "--store", store.folder])
        #expect(tampered.status == 1, "\(tampered)")
        #expect(
            tampered.output.contains("\(name): NOT TAKEN") && tampered.output.contains("export it again at the kiosk"), "\(tampered.output)"
        )

        // Somebody else's journal under this kiosk's name, with no key and then with a signature of another batch.
        try sound.write(to: URL(fileURLWithPath: "\(stick)/\(name)"))
        let liar = try KioskFiles("mpp-1", in: elsewhere)
        _ = try await liar.journal(visits: 1)
        let forged = try liar.export()
        let fake = try #require(try files(forged, ".anjb").first)
        for signature in [nil, "\(stick)/\(name).sig"] {
            if let signature { try FileManager.default.copyItem(atPath: signature, toPath: "\(forged)/\(fake).sig") }
            let refused = try CentreProcess.run(["import", forged, "--store", store.folder])
            #expect(refused.status == 1 && refused.output.contains("does not bear the signature"), "\(refused)")
        }
        #expect(try store.count("entries") == 0)
        let report = try CentreProcess.run(["report", "--store", store.folder])
        #expect(report.output.contains("Ditolak / turned away"), "\(report.output)")
        #expect(report.output.contains("pekanbaru/mpp-1 signature-wrong"), "\(report.output)")

        // What the kiosk itself wrote is taken all the same.
        #expect(try CentreProcess.run(["import", stick, "--store", store.folder]).status == 0)
        #expect(try store.entries(of: chain).count == 3)
    }
}

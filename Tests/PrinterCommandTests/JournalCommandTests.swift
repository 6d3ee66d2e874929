import Conditions
import DeviceLayer
import DeviceSocket
import Foundation
import Journal
import KioskCore
import Secrets
import SyncProtocol
import Testing

/// `anjungan journal`, with a running kiosk and without one.
@Suite(.timeLimit(.minutes(15))) struct JournalCommandTests {
    typealias Bench = PrinterBench

    static let nik = "1471011708900001"

    static func open(_ bench: Bench) async throws -> Journal {
        try await Journal.open(
            directory: "\(bench.folder)/journal", site: try #require(SiteID("pekanbaru")), kiosk: try #require(KioskID("mpp-1")),
            zone: .jakarta, recipient: OpeningKey().sealingKey)
    }

    /// Three tickets with a NIK, the first of them printed; returns the journal's epoch and its last transaction.
    static func record(_ bench: Bench) async throws -> (Epoch, ChainPosition) {
        let journal = try await open(bench)
        let service = try #require(ServiceKey("disdukcapil/kartu-keluarga"))
        for number in 1...3 {
            let ticket = try await journal.issue(
                TicketRequest(
                    service: service, series: "KKA", day: ServiceDay(number: 20_778),
                    particulars: Particulars(identity: .typed(Secret(nik.utf8)))))
            guard number == 1 else { continue }
            let print = try #require(PrintID(PrintCopy(ticket.id, number: 1).description))
            _ = try await journal.begin(print)
            _ = try await journal.settle(print, PrintResult(.printed))
        }
        let head = try await journal.head(of: .transactions)
        try await journal.close()
        return (journal.epoch, head)
    }

    static func journal(_ bench: Bench, _ arguments: String...) async throws -> Bench.Outcome {
        try await Bench.outcome(
            of: try Bench.program(["journal", arguments[0], "--config", "\(bench.folder)/anjungan.yaml"] + arguments.dropFirst()))
    }

    @Test(arguments: [true, false]) func itIsShownProvedAndCounted(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let (epoch, _) = try await Self.record(bench)
            let check: @Sendable () async throws -> Void = {
                let shown = try await Self.journal(bench, "show", "--lane", "transactions", "--to", "3")
                #expect(shown.status == 0, "\(shown)")
                let lines = shown.said.split(separator: "\n")
                #expect(lines.count == 3, "\(shown)")
                #expect(lines.first?.contains("ticket.issued") == true && lines.first?.contains("number=KKA-001") == true)
                #expect(lines.first?.hasSuffix("[personal part sealed]") == true)
                #expect(lines.dropFirst().first?.contains("print.settled") == true)
                #expect(!shown.said.contains("claim"))
                let objects = try await Self.journal(bench, "show", "--json", "--from", "2", "--to", "2", "--day", "2026-11-21")
                let object = try JSONSerialization.jsonObject(with: Data(objects.said.utf8)) as? [String: Any]
                #expect(object?["kind"] as? String == "print.settled", "\(objects)")
                #expect((object?["body"] as? [String: Any])?["outcome"] as? String == "printed")
                #expect(try await Self.journal(bench, "show", "--day", "2001-01-01").said == "")
                let whole = try await Self.journal(bench, "verify")
                #expect(whole.status == 0 && whole.said.hasPrefix("whole: "), "\(whole)")
                let stats = try await Self.journal(bench, "stats")
                #expect(stats.said.contains("pekanbaru/mpp-1") && stats.said.contains("epoch \(epoch)"), "\(stats)")
                #expect(stats.said.contains("transactions: entries 1 to ") && stats.said.contains("the centre has 0"), "\(stats)")
                for outcome in [shown, objects, whole, stats] {
                    #expect(!outcome.said.contains(Self.nik) && !outcome.complained.contains(Self.nik))
                }
                #expect(try await Self.journal(bench, "clock").said == "the clock is believed\n")
            }
            if withKiosk { try await bench.withWholeKiosk(check) } else { try await check() }
        }
    }

    /// To the stick, to the centre by hand, and back: nothing waits any more, and nothing is exported twice.
    @Test(arguments: [true, false]) func itGoesOnAStickAndTheAnswerComesBack(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let (epoch, _) = try await Self.record(bench)
            let check: @Sendable () async throws -> Void = {
                let stick = "\(bench.folder)/stick"
                try FileManager.default.createDirectory(atPath: stick, withIntermediateDirectories: false)
                let exported = try await Self.journal(bench, "export", stick)
                #expect(exported.status == 0, "\(exported)")
                let names = try FileManager.default.contentsOfDirectory(atPath: stick).sorted()
                let batches = names.filter { $0.hasSuffix(".anjb") && $0.contains(".transactions.") }
                #expect(batches.count == 1 && names.contains("pekanbaru.mpp-1.manifest.json"), "\(names)")
                #expect(batches.first?.hasPrefix("pekanbaru.mpp-1.\(epoch).transactions.000000001-00000000") == true, "\(batches)")
                let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(stick)/\(try #require(batches.first))")))
                let batch = try Batch(decoding: octets)
                var verifier = ChainVerifier(batch.chain, sha256: .swiftCrypto)
                for entry in batch.entries { try verifier.verify(try Entry(decoding: entry)) }
                let manifest = try String(contentsOfFile: "\(stick)/pekanbaru.mpp-1.manifest.json", encoding: .utf8)
                #expect(manifest.contains(EntryHasher.swiftCrypto(octets).description))

                let file = "\(stick)/answer.json"
                let answers = [Acknowledgement(epoch: epoch, lane: .transactions, position: verifier.position)]
                try JSONEncoder().encode(answers).write(to: URL(fileURLWithPath: file))
                let taken = try await Self.journal(bench, "acknowledge", file)
                #expect(taken.status == 0 && taken.said.hasPrefix("taken "), "\(taken)")
                #expect(
                    try await Self.journal(bench, "stats").said.contains(
                        "the centre has \(verifier.position.sequence), in a backup 0; 0 waiting"))
                let again = try await Self.journal(bench, "export", stick)
                #expect(!again.said.contains("transactions"), "\(again)")

                let other = Acknowledgement(
                    epoch: epoch, lane: .transactions, position: ChainPosition(sequence: 1, hash: verifier.position.hash))
                try JSONEncoder().encode([other]).write(to: URL(fileURLWithPath: file))
                let refused = try await Self.journal(bench, "acknowledge", file)
                #expect(refused.status == 1 && refused.said.hasPrefix("REFUSED "), "\(refused)")
                try "nonsense".write(toFile: file, atomically: true, encoding: .utf8)
                #expect(try await Self.journal(bench, "acknowledge", file).status == 64)
            }
            if withKiosk { try await bench.withWholeKiosk(check) } else { try await check() }
        }
    }

    /// A stick of 64 kB: said, and nothing half is left on it.
    @Test func aFullStickIsSaidAndNothingIsLeftOnIt() async throws {
        try await Bench.run { bench in
            let journal = try await Self.open(bench)
            let service = try #require(ServiceKey("disdukcapil/kartu-keluarga"))
            for _ in 0..<120 {
                _ = try await journal.issue(TicketRequest(service: service, series: "KKA", day: ServiceDay(number: 20_778)))
            }
            try await journal.close()
            let program = try Bench.program([]).executableURL?.path ?? ""
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
            let script = """
                mkdir "$1/stick" && mount -t tmpfs -o size=64k tmpfs "$1/stick" || exit 70
                "$2" journal export --journal "$1/journal" "$1/stick"; status=$?
                ls -A "$1/stick"; exit $status
                """
            process.arguments = (geteuid() == 0 ? ["-m"] : ["-rm"]) + ["sh", "-c", script, "sh", bench.folder, program]
            let outcome = try await Bench.outcome(of: process)
            #expect(outcome.status == 1, "\(outcome)")
            #expect(outcome.complained.contains("is full") && outcome.complained.contains("take a larger stick"), "\(outcome)")
            #expect(outcome.said == "", "left on the stick: \(outcome)")
        }
    }

    @Test func adviceIsGivenWhereThereIsNoJournalOrItIsDamaged() async throws {
        try await Bench.run { bench in
            let none = try await Self.journal(bench, "verify")
            #expect(none.status == 1 && none.complained.contains("there is no journal in \(bench.folder)/journal"), "\(none)")
            _ = try await Self.record(bench)
            let held = try await Self.open(bench)
            let owned = try await Self.journal(bench, "stats")
            #expect(
                owned.status == 1 && owned.complained.contains("no kiosk answers") && owned.complained.contains("is held by"), "\(owned)")
            try await held.close()
            let path = "\(bench.folder)/journal/journal.sqlite"
            var octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let place = try #require(octets.ranges(of: Array("ticket.issued".utf8)).last?.lowerBound)
            octets[place + 3] ^= 0x01
            try Data(octets).write(to: URL(fileURLWithPath: path))
            let damaged = try await Self.journal(bench, "verify")
            #expect(damaged.status == 1 && damaged.complained.contains("anjungan journal renew"), "\(damaged)")
            let renewed = try await Self.journal(bench, "renew")
            #expect(renewed.status == 0 && renewed.said.contains("KKA goes on behind KKA-003"), "\(renewed)")
            #expect(try await Self.journal(bench, "verify").said == "whole: 1 entry, every hash holds\n", "the new epoch's beginning")
        }
    }

    @Test(arguments: [true, false]) func aForkedJournalBeginsANewEpoch(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let (epoch, _) = try await Self.record(bench)
            let check: @Sendable () async throws -> Void = {
                let begun = try await Self.journal(bench, "epoch", "--reason", "disk cloned")
                #expect(begun.status == 0 && !begun.said.contains("\(epoch)"), "\(begun)")
                let stats = try await Self.journal(bench, "stats")
                #expect(stats.said.contains("earlier epoch \(epoch)") && stats.said.contains("(disk cloned)"), "\(stats)")
            }
            if withKiosk { try await bench.withWholeKiosk(check) } else { try await check() }
        }
    }
}

import Conditions
import DeviceLayer
import DeviceSocket
import Foundation
import PrintBench
import Testing

/// The ledger of a device layer that runs alone. What a power cut leaves of it: `PowerCutTests` of the journal.
@Suite struct FileLedgerTests {
    /// A folder with a ledger's file; it goes with the test.
    private static func with(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body("\(folder)/prints.ledger")
    }

    private static let printed = PrintResult(.printed, detail: "whole,\nand seen")

    @Test func aPrintIsBegunOnceAndItsEndIsRemembered() async throws {
        try await Self.with { path in
            let id = BenchPrinter.id(1)
            do {
                let ledger = try FileLedger(path)
                #expect(try await ledger.begin(id) == .begun)
                #expect(try await ledger.begin(id) == .underWay)
                #expect(await ledger.result(of: id) == nil)
                #expect(try await ledger.settle(id, Self.printed) == Self.printed)
                #expect(try await ledger.settle(id, PrintResult(.failed)) == Self.printed, "the first end stands")
                #expect(try await ledger.begin(id) == .settled(Self.printed))
            }
            let again = try FileLedger(path)
            #expect(try await again.settleUnfinished().isEmpty)
            #expect(try await again.begin(id) == .settled(PrintResult(.printed, detail: "whole, and seen")))
        }
    }

    @Test func whatWasBegunAndNotEndedIsUnknownAfterwardsAndNeverBegunAgain() async throws {
        try await Self.with { path in
            let (begun, cancelled) = (BenchPrinter.id(1), BenchPrinter.id(2))
            do {
                let ledger = try FileLedger(path)
                _ = try await ledger.begin(begun)
                _ = try await ledger.settle(cancelled, PrintResult(.failed, reason: .printCancelled))
            }
            do {
                let ledger = try FileLedger(path)
                // Also where nobody settles what is left.
                guard case .settled(let result) = try await ledger.begin(begun) else { throw CancellationError() }
                #expect(result.outcome == .unknown && result.reason == .printInterrupted)
            }
            let ledger = try FileLedger(path)
            #expect(try await ledger.settleUnfinished().isEmpty)
            #expect(await ledger.result(of: begun)?.outcome == .unknown)
            #expect(await ledger.result(of: cancelled)?.reason == .printCancelled)
        }
    }

    @Test func aTornEndIsDroppedWhereverItIsTorn() async throws {
        try await Self.with { path in
            do {
                let ledger = try FileLedger(path)
                for number in 1...3 { _ = try await ledger.begin(BenchPrinter.id(number)) }
            }
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            let last = try #require(whole.dropLast().lastIndex(of: 0x0A))
            for end in last + 1..<whole.count {
                for rest in [Data(), Data(count: 40), Data("\n\n".utf8)] {
                    try (whole[..<end] + rest).write(to: URL(fileURLWithPath: path))
                    let ledger = try FileLedger(path)
                    #expect(try await ledger.settleUnfinished().count == 2)
                    #expect(try await ledger.begin(BenchPrinter.id(3)) == .begun)
                }
            }
        }
    }

    @Test func aChangedLineInTheMiddleIsNotPassedOver() async throws {
        try await Self.with { path in
            do {
                let ledger = try FileLedger(path)
                for number in 1...3 { _ = try await ledger.begin(BenchPrinter.id(number)) }
            }
            var octets = try Data(contentsOf: URL(fileURLWithPath: path))
            octets[octets.startIndex + 25] ^= 1
            try octets.write(to: URL(fileURLWithPath: path))
            let failure = #expect(throws: FileLedger.Failure.self) { try FileLedger(path) }
            #expect(failure?.code == .damaged && failure?.detail.hasPrefix("\(path):1 ") == true)
        }
    }

    @Test func aSecondOwnerIsRefused() async throws {
        try await Self.with { path in
            let ledger = try FileLedger(path)
            let failure = #expect(throws: FileLedger.Failure.self) { try FileLedger(path) }
            #expect(failure?.code == .held)
            _ = try await ledger.begin(BenchPrinter.id(1))
        }
    }

    @Test func aFolderThatIsNotThereIsSaid() {
        let failure = #expect(throws: FileLedger.Failure.self) { try FileLedger("/nonexistent/folder/prints.ledger") }
        #expect(failure?.code == .notOpened)
        #expect(failure?.detail.contains("check the folder") == true)
    }

    @Test func anOldLedgerIsShortenedAndForgetsTheOldestEndsOnly() async throws {
        try await Self.with { path in
            do {
                let ledger = try FileLedger(path)
                for number in 1...30 {
                    _ = try await ledger.begin(BenchPrinter.id(number))
                    _ = try await ledger.settle(BenchPrinter.id(number), PrintResult(.printed))
                }
                _ = try await ledger.begin(BenchPrinter.id(31))
            }
            let long = try Data(contentsOf: URL(fileURLWithPath: path)).count
            do {
                let ledger = try FileLedger(path, keeping: 10)
                #expect(await ledger.result(of: BenchPrinter.id(20)) == nil)
                #expect(await ledger.result(of: BenchPrinter.id(21)) != nil)
                #expect(try await ledger.settleUnfinished().keys.map(\.rawValue) == [BenchPrinter.id(31).rawValue])
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < long / 2)
            let ledger = try FileLedger(path, keeping: 10)
            #expect(await ledger.result(of: BenchPrinter.id(31))?.outcome == .unknown)
        }
    }
}

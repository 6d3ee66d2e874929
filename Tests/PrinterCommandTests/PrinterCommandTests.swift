import DeviceEmulators
import DeviceLayer
import DeviceSocket
import Foundation
import PrintBench
import Testing

/// `anjungan printer` as a technician uses it, through a kiosk's device layer and without one; no cupsd runs in any of these.
@Suite(.timeLimit(.minutes(15))) struct PrinterCommandTests {
    typealias Bench = PrinterBench

    @Test func listNamesThePrinterOfARunningKiosk() async throws {
        try await Bench.run { bench in
            try await bench.withKiosk {
                let listed = try await bench.printer("list", "--lang", "en")
                #expect(listed.status == 0, "\(listed)")
                #expect(listed.said.contains("ticket") && listed.said.contains("127.0.0.1:\(bench.port)"))
                #expect(listed.complained == "")
            }
        }
    }

    @Test func listAsJSONIsForPrograms() async throws {
        try await Bench.run { bench in
            try await bench.withKiosk {
                let listed = try await bench.printer("list", "--json")
                let array = try #require(try JSONSerialization.jsonObject(with: Data(listed.said.utf8)) as? [[String: Any]])
                #expect(array.count == 1)
                #expect(array.first?["name"] as? String == "ticket")
                #expect(array.first?["model"] as? String == "emulated-80")
                #expect(array.first?["ready"] is Bool)
            }
        }
    }

    @Test func withoutAKioskTheCommandOpensThePrinterItselfAndSaysSo() async throws {
        try await Bench.run { bench in
            let status = try await bench.printer("status", "--lang", "en")
            #expect(status.status == 0, "\(status)")
            #expect(status.said.contains("ticket: ready"))
            #expect(status.complained.contains("no kiosk runs at"))
        }
    }

    @Test(arguments: [true, false]) func aPrinterWithoutPaperIsNotReadyAndTheRemedyIsSaid(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            bench.printer.set(.paperOut, true)
            let check: @Sendable () async throws -> Void = {
                let status = try await bench.printer("status")
                #expect(status.status == 1, "\(status)")
                #expect(status.said.contains("TIDAK SIAP") && status.said.contains("Kertas printer habis."))
                #expect(status.said.contains("Pasang gulungan baru"))
            }
            if withKiosk { try await bench.withKiosk(check) } else { try await check() }
        }
    }

    @Test(arguments: [true, false]) func withoutATechnicianSocketTestPrintsASlipWithTheCodeThatItSays(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let check: @Sendable () async throws -> Void = {
                let test = try await bench.printer("test", "--lang", "en")
                #expect(test.status == 0, "\(test)")
                #expect(test.said.contains("printed: the printer confirmed all of it"))
                let sheet = try #require(bench.printer.sheets.first { $0.isCut })
                #expect(sheet.text.contains("emulated-80") || sheet.text.contains("127.0.0.1"))
                let code = try #require(sheet.codes.first)
                #expect(code.hasPrefix("UJI:") && code.count == 10 && test.said.contains("it must be \(code.dropFirst(4)). No kiosk"))
                #expect(!sheet.text.contains("printer confirm"), "nobody would note it")
            }
            if withKiosk { try await bench.withKiosk(check) } else { try await check() }
        }
    }

    @Test(arguments: [true, false]) func rawSendsTheBytesOfStandardInputAsOnePrint(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let check: @Sendable () async throws -> Void = {
                let raw = try await bench.printer("raw", "ticket", "-", "--lang", "en", input: BenchPrinter.ticket(3))
                #expect(raw.status == 0, "\(raw)")
                #expect(bench.printer.sheets.compactMap(\.printID) == [BenchPrinter.id(3).rawValue])
            }
            if withKiosk { try await bench.withKiosk(check) } else { try await check() }
        }
    }

    @Test func aPrintThatCannotComeOutIsTakenBackAndNothingComesOutLate() async throws {
        try await Bench.run { bench in
            try await bench.withKiosk {
                bench.printer.set(.paperOut, true)
                let raw = try await bench.printer("raw", "ticket", "-", "--wait", "1", "--lang", "en", input: BenchPrinter.ticket(1))
                #expect(raw.status == 1, "\(raw)")
                #expect(raw.said.contains("FAILED"))
                #expect(raw.complained.contains("not printed after 1 s; cancelling"))
                bench.printer.set(.paperOut, false)
                let next = try await bench.printer("raw", "ticket", "-", input: BenchPrinter.ticket(2))
                #expect(next.status == 0, "\(next)")
                #expect(bench.printer.sheets.compactMap(\.printID) == [BenchPrinter.id(2).rawValue])
            }
        }
    }

    @Test func aSecondOwnerIsRefusedInWords() async throws {
        try await Bench.run { bench in
            let lock = try DeviceLock(besideSocket: bench.deviceSocket)
            let status = try await bench.printer("status")
            #expect(status.status != 0)
            #expect(status.complained.contains("stop it first"), "\(status)")
            lock.release()
            #expect(throws: Never.self) { try DeviceLock(besideSocket: bench.deviceSocket).release() }
        }
    }

    @Test func aPrinterOfAnotherNameIsRefusedWithTheNamesThatThereAre() async throws {
        try await Bench.run { bench in
            try await bench.withKiosk {
                let status = try await bench.printer("status", "label")
                #expect(status.status != 0)
                #expect(status.complained.contains("there is no printer “label” here; name one of ticket"), "\(status)")
            }
        }
    }

    @Test func watchSaysEveryChangeUntilItIsEnded() async throws {
        try await Bench.run { bench in
            try await bench.withKiosk {
                let watch = try bench.process(["watch", "--lang", "en"])
                let said = Pipe()
                watch.standardOutput = said
                try watch.run()
                var lines = LineReader(said)
                #expect(await lines.next()?.contains("ready") == true)
                bench.printer.set(.coverOpen, true)
                #expect(await lines.next()?.contains("NOT READY") == true)
                bench.printer.set(.coverOpen, false)
                while let line = await lines.next(), line.contains("NOT READY") {}
                watch.terminate()
                watch.waitUntilExit()
            }
        }
    }
}

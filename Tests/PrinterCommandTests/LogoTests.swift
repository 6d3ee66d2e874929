import DeviceEmulators
import Foundation
import KioskCore
import KioskRuntime
import ReceiptMarkup
import Testing

/// `anjungan printer logo`, and the tickets of a whole kiosk afterwards.
@Suite(.timeLimit(.minutes(15))) struct LogoTests {
    typealias Bench = PrinterBench

    /// Bytes of a visit's ticket on the line, and its dots; what differs from ticket to ticket is below the logo.
    static func visit(_ bench: Bench, screen: Int) async throws -> (bytes: Int, logo: [UInt8]) {
        let before = bench.printer.look(\.bytesReceived)
        let script = VisitScript(service: try #require(ServiceKey("dpmptsp/perizinan")), nik: nil, reply: .leave)
        let report = try await VisitRunner(client: ScreenClient(port: screen, patience: .seconds(600))).visit(script)
        #expect(report.ending.outcome == .printed)
        let dots = try #require(bench.printer.sheets.last { $0.isCut }?.picture)
        // Behind the 120 rows between knife and head, and the 30 of the line with the print id.
        return (bench.printer.look(\.bytesReceived) - before, Array(dots.bits[(dots.bytesPerRow * 154)..<(dots.bytesPerRow * 200)]))
    }

    @Test func onceItIsInThePrinterTheKiosksTicketsComeWithoutIt() async throws {
        try await Bench.run(["printer_logo: memory"]) { bench in
            try await bench.withWholeKiosk { screen in
                // The first words on the connection go with the first ticket.
                _ = try await Self.visit(bench, screen: screen)
                let carried = try await Self.visit(bench, screen: screen)
                #expect(try await bench.printer("identify", "--lang", "en").said.contains("Logo: not in the printer's memory"))
                let upload = try await bench.printer("logo", "--lang", "en")
                #expect(upload.status == 0 && upload.said.contains("The logo is in the memory of ticket."), "\(upload)")
                let short = try await Self.visit(bench, screen: screen)
                #expect(short.logo == carried.logo && carried.logo.contains { $0 != 0 })
                #expect(carried.bytes - short.bytes > 1000 && carried.bytes < 2500, "\(carried.bytes), then \(short.bytes)")

                let before = bench.printer.look(\.bytesReceived)
                let again = try await bench.printer("logo", "--lang", "en")
                #expect(again.status == 0 && again.said == "The logo is in the memory of ticket.\n", "\(again)")
                #expect(bench.printer.look(\.bytesReceived) - before < 500, "flash wears out")
                #expect(try await bench.printer("identify", "--lang", "en").said.contains("Logo: in the printer's memory"))
            }
        }
    }

    @Test func withoutAKioskTheCommandDoesItItself() async throws {
        try await Bench.run(["printer_logo: memory"]) { bench in
            let upload = try await bench.printer("logo", "--lang", "en")
            #expect(upload.status == 0 && upload.said.contains("The logo is in the memory of ticket."), "\(upload)")
            #expect(bench.printer.sheets.contains { $0.isCut && $0.text.contains("LOGO ticket") })
            let again = try await bench.printer("logo", "--lang", "en")
            #expect(again.status == 0 && again.said == "The logo is in the memory of ticket.\n", "\(again)")
        }
    }

    @Test func aPrinterThatIsNotReadyIsLeftAlone() async throws {
        try await Bench.run(["printer_logo: memory"]) { bench in
            bench.printer.set(.paperOut, true)
            let refused = try await bench.printer("logo", "--lang", "en")
            #expect(refused.status == 1 && refused.said.contains("NOT READY"), "\(refused)")
            #expect(bench.printer.sheets.allSatisfy { !$0.isCut })
        }
    }

    @Test func whereNobodyWantsItOrNoneCanBeKeptThatIsSaid() async throws {
        try await Bench.run { bench in
            let unwanted = try await bench.printer("logo", "--lang", "en")
            #expect(unwanted.status == 1 && unwanted.said.contains("printer_logo is not memory"), "\(unwanted)")
        }
        try await Bench.run(model: "generic-80", ["printer_logo: memory"]) { bench in
            let mute = try await bench.printer("logo", "--lang", "en", "--set", "printer_model=generic-80")
            #expect(mute.status == 1 && mute.said.contains("cannot say which pictures it holds"), "\(mute)")
        }
    }
}

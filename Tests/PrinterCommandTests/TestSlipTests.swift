import DeviceEmulators
import Foundation
import PrintBench
import Testing

/// A technician, a whole kiosk and a new roll.
@Suite(.timeLimit(.minutes(15))) struct TestSlipTests {
    typealias Bench = PrinterBench

    @Test func aNewRollIsOfferedATestSlipUntilTheCodeOnThePaperWasReadBack() async throws {
        try await Bench.run { bench in
            try await bench.withWholeKiosk {
                #expect(!(try await bench.doctor()).said.contains("roll-unproven"))
                let roll = try await bench.printer("roll", "ticket", "--lang", "en")
                #expect(roll.status == 0 && roll.said.contains("The new roll of ticket is noted (± 80 m)"), "\(roll)")
                #expect(try await bench.doctor().said.contains("roll-unproven"))

                let early = try await bench.printer("confirm", "ticket", "K3M9QX", "--lang", "en")
                #expect(early.status == 1 && early.said.contains("There is no test slip of this roll yet"), "\(early)")

                let test = try await bench.printer("test", "--lang", "en")
                #expect(test.status == 0 && test.said.contains("anjungan printer confirm ticket CODE"), "\(test)")
                let sheet = try #require(bench.printer.sheets.last { $0.isCut })
                let scanned = try #require(sheet.codes.first)
                let code = String(scanned.dropFirst(4))
                #expect(sheet.text.contains("anjungan printer confirm ticket \(code)"))
                #expect(sheet.text.contains("emulated-80") && sheet.text.contains("127.0.0.1:\(bench.port)"))
                #expect(!test.said.contains(code), "who did not read the paper cannot know it")

                let wrong = try await bench.printer("confirm", "ticket", "N0TTHAT", "--lang", "en")
                #expect(wrong.status == 1 && wrong.said.contains("not the code of the last test slip"), "\(wrong)")
                #expect(try await bench.doctor().said.contains("roll-unproven"))

                let right = try await bench.printer("confirm", "ticket", "-", "--lang", "en", input: Array("\(scanned)\n".utf8))
                #expect(right.status == 0 && right.said.contains("the roll of ticket can be read"), "\(right)")
                #expect(!(try await bench.doctor()).said.contains("roll-unproven"))
            }
        }
    }

    @Test(arguments: [["confirm", "ticket", "K3M9QX"], ["roll", "ticket"]])
    func withoutAKioskNothingIsNotedAndThatIsSaid(_ arguments: [String]) async throws {
        try await Bench.run { bench in
            let outcome = try await Bench.outcome(of: try bench.process(arguments + ["--lang", "en"]))
            #expect(outcome.status == 1, "\(outcome)")
            #expect(outcome.said.contains("Nothing was noted. Start the kiosk"))
            #expect(outcome.complained.contains("no kiosk answers at"))
        }
    }

    @Test func aPrinterThatTheKioskDoesNotHaveCannotBeConfirmed() async throws {
        try await Bench.run { bench in
            try await bench.withWholeKiosk {
                let outcome = try await bench.printer("confirm", "label", "K3M9QX")
                #expect(outcome.status == 1 && outcome.complained.contains("no roll is kept of a printer “label”"), "\(outcome)")
            }
        }
    }

    @Test func nothingTypedIsWrongUse() async throws {
        try await Bench.run { bench in
            let outcome = try await bench.printer("confirm", "ticket", "-", input: Array("\n".utf8))
            #expect(outcome.status == 64 && outcome.complained.contains("the code is empty"), "\(outcome)")
        }
    }

    @Test func everyCommandThatARemedyNamesIsThere() async throws {
        let text = try String(contentsOfFile: "\(Bench.root)/Kiosk/conditions.yaml", encoding: .utf8)
        let commands = Set(text.matches(of: /`anjungan ([^`]+)`/).map { String($0.1) })
        #expect(commands.contains { $0.hasPrefix("printer confirm") } && commands.contains("printer identify"))
        for command in commands.sorted() {
            let words = command.split(separator: " ").map(String.init)
            let names = Array(words.prefix { $0.allSatisfy { $0.isLowercase && $0.isLetter } })
            let help = try await Bench.outcome(of: try Bench.program(names + ["--help"]))
            let usage = help.said.split(separator: "\n").first { $0.hasPrefix("USAGE: ") } ?? ""
            #expect(help.status == 0 && usage.hasPrefix("USAGE: anjungan \(words[0])"), "\(command): \(help)")
            #expect(!usage.contains("<subcommand>"), "\(command): \(usage)")
            for option in words where option.hasPrefix("--") { #expect(help.said.contains(option), "\(command)") }
        }
    }
}

import Conditions
import Doctor
import Foundation
import Testing

/// What the technician reads.
@Suite struct DiagnosisTests {
    @Test func everyCodeHasOneLineInBothLanguages() throws {
        let catalogue = try Patient.catalogue()
        for code in ConditionCode.allCases {
            let words = Words(indonesian: "kenyataan", english: "fact")
            let diagnosis = Diagnosis([.wrong(.journal, code, words)], catalogue: catalogue)
            for (language, fact) in [(Language.indonesian, "kenyataan"), (.english, "fact")] {
                let lines = diagnosis.lines(language)
                #expect(lines.count == 1)
                let line = try #require(lines.first)
                #expect(!line.contains { $0.isNewline })
                #expect(line.contains("\(code.rawValue): "))
                #expect(line.contains("(\(fact)) → "))
                #expect(line.hasSuffix(language.of(catalogue[code].remedy)))
            }
            #expect(diagnosis.lines(.indonesian) != diagnosis.lines(.english))
        }
    }

    @Test func whatOtherProgramsSayStaysOnOneLine() throws {
        let nasty = Words(indonesian: "satu\ndua\r\n\u{1B}[31mtiga\u{2028}empat\u{85}lima", english: "x")
        let line = Diagnosis([.sound(.disk, nasty)], catalogue: try Patient.catalogue()).lines(.indonesian)
        #expect(line == ["ok  penyimpanan  satu dua   [31mtiga empat lima"])
    }

    @Test func linesStandBelowEachOther() throws {
        let findings: [Finding] = [
            .sound(.site, Words(indonesian: "a", english: "a")), .skipped(.queue, Words(indonesian: "b", english: "b")),
            .wrong(.disk, .diskLow, Words(indonesian: "c", english: "c")),
            .wrong(.cups, .spoolerAway, Words(indonesian: "d", english: "d")),
        ]
        let lines = Diagnosis(findings, catalogue: try Patient.catalogue()).lines(.english)
        #expect(lines[0] == "ok  site         a")
        #expect(lines[1] == "-   print queue  b")
        #expect(lines[2].hasPrefix("!   disk         disk-low: The kiosk's disk is running low (c) → "))
        #expect(lines[3].hasPrefix("!!  CUPS         spooler-away: CUPS is not running or cannot be reached (d) → Run systemctl"))
    }

    @Test func coloursAreOnlyForTerminals() throws {
        let diagnosis = Diagnosis([.sound(.site, Words(indonesian: "a", english: "a"))], catalogue: try Patient.catalogue())
        #expect(diagnosis.lines(.english) == ["ok  site  a"])
        #expect(diagnosis.lines(.english, coloured: true) == ["\u{1B}[32mok\u{1B}[0m  site  a"])
    }

    @Test func onlyAnErrorIsAnIllness() throws {
        let catalogue = try Patient.catalogue()
        let fact = Words(indonesian: "a", english: "a")
        #expect(Diagnosis([], catalogue: catalogue).isHealthy)
        for code in ConditionCode.allCases {
            let diagnosis = Diagnosis([.sound(.site, fact), .wrong(.disk, code, fact)], catalogue: catalogue)
            #expect(diagnosis.isHealthy == (catalogue[code].severity != .error))
        }
        #expect(Diagnosis([.wrong(.clock, .clockFree, fact), .wrong(.disk, .diskLow, fact)], catalogue: catalogue).isHealthy)
        #expect(!Diagnosis([.wrong(.queue, .queuePolicy, fact)], catalogue: catalogue).isHealthy)
    }

    @Test func theJSONHasCausesInBothLanguages() throws {
        let findings: [Finding] = [
            .sound(.site, Words(indonesian: "tiga", english: "three")),
            .wrong(.disk, .diskLow, Words(indonesian: "penuh", english: "full")),
        ]
        let text = try Diagnosis(findings, catalogue: try Patient.catalogue()).json(.english)
        let cause = #""cause":{"en":"The kiosk's disk is running low.","id":"Ruang penyimpanan anjungan menipis."}"#
        #expect(!text.contains("\n"))
        #expect(
            text.hasPrefix(
                #"{"findings":[{"cause":null,"check":"site","condition":null,"detail":"three","examined":true,"remedy":null,"severity":null},{"#
                    + cause + #","check":"disk","condition":"disk-low","detail":"full","examined":true,"remedy":{"en":"#))
        #expect(text.hasSuffix(#""severity":"warning"}],"healthy":true}"#))
    }
}

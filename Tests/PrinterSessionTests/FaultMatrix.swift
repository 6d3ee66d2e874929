import Conditions
import DeviceEmulators
import ESCPOS
import SeededRandomness

/// One ticket in the middle of one trouble, on every kind of printer and line, and the ticket after it.
struct FaultMatrix {
    /// What a profile says about proof and forgetting, best first.
    struct Ladder {
        var name: String
        var proof: PrinterModel.Proof
        var clearing: PrinterModel.Clearing
    }

    static let ladders = [
        Ladder(name: "process ID, clears", proof: .processID, clearing: .buffer),
        Ladder(name: "`GS r`, clears", proof: .queuedStatus, clearing: .buffer),
        Ladder(name: "`GS r`, cannot clear", proof: .queuedStatus, clearing: .recovery),
        Ladder(name: "`DLE EOT`", proof: .realTimeStatus, clearing: .recovery),
        Ladder(name: "write-only", proof: .none, clearing: .none),
    ]

    struct Trouble {
        var name: String
        /// Milliseconds from the moment at which the ticket is asked for.
        var acts: [(Int, Lab.Act)]
    }

    static let ticket = LabPrint(visitor: 1, copy: 1, lines: 8, hasPicture: true)
    static let next = LabPrint(visitor: 2, copy: 1, lines: 3, hasPicture: false)

    static let troubles: [Trouble] = [
        Trouble(name: "none", acts: []),
        Trouble(name: "no paper; a new roll", acts: [(-1000, .fault(.paperOut, true)), (3000, .newRoll)]),
        Trouble(name: "no paper; the visitor leaves", acts: [(-1000, .fault(.paperOut, true)), (3000, .cancel(ticket)), (9000, .newRoll)]),
        Trouble(name: "paper ends inside; new paper", acts: [(300, .fault(.paperOut, true)), (3000, .fault(.paperOut, false))]),
        Trouble(
            name: "paper ends inside; the visitor leaves",
            acts: [(300, .fault(.paperOut, true)), (3000, .cancel(ticket)), (12_000, .newRoll)]),
        Trouble(name: "near end", acts: [(-1000, .fault(.nearEnd, true))]),
        Trouble(name: "cover opened inside; closed", acts: [(300, .fault(.coverOpen, true)), (3000, .fault(.coverOpen, false))]),
        Trouble(name: "knife jams; freed", acts: [(-1000, .fault(.cutterJam, true)), (3000, .fault(.cutterJam, false))]),
        Trouble(
            name: "knife jams; the visitor leaves",
            acts: [(-1000, .fault(.cutterJam, true)), (3000, .cancel(ticket)), (12_000, .fault(.cutterJam, false))]),
        Trouble(name: "head hot inside; cools down", acts: [(300, .fault(.headHot, true)), (3000, .fault(.headHot, false))]),
        Trouble(
            name: "breaks inside; switched off and on",
            acts: [(300, .fault(.unrecoverable, true)), (12_000, .powerOff(silently: false)), (14_000, .powerOn)]),
        Trouble(name: "switched off and on inside", acts: [(300, .powerOff(silently: true)), (3000, .powerOn)]),
        Trouble(name: "unplugged inside a picture; plugged", acts: [(35, .unplug), (3000, .plug)]),
        Trouble(name: "hangs inside; goes on", acts: [(300, .fault(.hang, true)), (3000, .fault(.hang, false))]),
        Trouble(
            name: "hangs inside; switched off and on",
            acts: [(300, .fault(.hang, true)), (3000, .powerOff(silently: false)), (5000, .powerOn)]),
        Trouble(name: "never answers, from inside on", acts: [(300, .fault(.deaf, true)), (20_000, .fault(.deaf, false))]),
        Trouble(name: "answers noise inside", acts: [(300, .fault(.garbage, true)), (3000, .fault(.garbage, false))]),
        Trouble(name: "answers 2.5 s late", acts: [(-1000, .fault(.late, true)), (20_000, .fault(.late, false))]),
        Trouble(name: "the visitor leaves inside", acts: [(300, .cancel(ticket))]),
        Trouble(name: "the kiosk dies inside; starts again", acts: [(300, .crash), (2000, .restart)]),
        Trouble(name: "faded or reversed roll", acts: [(-1000, .fault(.fadedRoll, true))]),
    ]

    /// The table as it stands in `Sources/ESCPOS/README.md`, and what breaks a promise.
    private(set) var table: String
    private(set) var violations: [String] = []

    init() {
        let head = ["trouble while a ticket prints"] + Self.ladders.map(\.name)
        table = Self.row(head) + Self.row(head.map { _ in "---" })
        for trouble in Self.troubles {
            var row = [trouble.name]
            for ladder in Self.ladders {
                var byLine: [(LabLine.Kind, String)] = []
                for kind in LabLine.Kind.allCases {
                    let (cell, broken) = Self.play(trouble, ladder, kind)
                    byLine.append((kind, cell))
                    violations += broken.map { "\(trouble.name), \(ladder.name), \(kind.rawValue): \($0)" }
                }
                row.append(Self.cell(byLine))
            }
            table += Self.row(row)
        }
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

    /// One word where all lines agree.
    private static func cell(_ byLine: [(LabLine.Kind, String)]) -> String {
        var groups: [(String, [String])] = []
        for (kind, cell) in byLine {
            if let index = groups.firstIndex(where: { $0.0 == cell }) {
                groups[index].1.append(kind.rawValue)
            } else {
                groups.append((cell, [kind.rawValue]))
            }
        }
        guard groups.count > 1 else { return groups[0].0 }
        return groups.map { "\($0.1.joined(separator: ", ")): \($0.0)" }.joined(separator: "<br>")
    }

    private static func play(_ trouble: Trouble, _ ladder: Ladder, _ kind: LabLine.Kind) -> (String, [String]) {
        let model = PrinterModel(
            id: "lab", name: "Lab", paperWidth: .mm58, dots: 96, columns: 8, qr: .raster, proof: ladder.proof,
            automaticStatus: ladder.proof == .processID, bufferBytes: 512, cutter: .partial, feedBeforeCut: 2, image: .raster,
            clearing: ladder.clearing, speed: 100, warmUp: 2)
        var lab = Lab(model, kind, generator: SeededGenerator(seed: 1))
        lab.act(.restart)
        let start = Duration.seconds(4)
        for (offset, act) in trouble.acts { lab.plan(.act(act), after: start + .milliseconds(offset)) }
        lab.plan(.act(.ask(ticket)), after: start)
        lab.run(until: .seconds(40))
        lab.heal()
        lab.run(until: .seconds(80), \.isQuiet)
        lab.act(.ask(next))
        lab.run(until: .seconds(200), \.isQuiet)
        var broken = lab.violations()
        // The next visitor gets a sheet of their own, and nothing of the last one's comes with it.
        let last = lab.sheets.last { !$0.lines.isEmpty }
        let isLegible = !trouble.acts.contains { $0.1 == .fault(.fadedRoll, true) }
        let isClean = !isLegible || last?.lines == (1...next.lines).map { "\(next.name) \($0)" }
        // A printer that cannot say what it has done keeps half a sheet that nobody knows of.
        let isBlind = ladder.proof == .realTimeStatus || ladder.proof == .none
        if !isClean, !isBlind { broken.append("the next sheet is \(last?.lines ?? [])") }
        // What nobody can read is confirmed all the same.
        if !isLegible { broken = broken.filter { !$0.contains("is not whole") && !$0.contains("was called") } }
        let outcome = lab.ledger.entries[ticket]?.result?.outcome.rawValue ?? "lost"
        let lines = lab.lines(of: ticket)
        let paper = !isLegible ? "illegible" : lines == 0 ? "no sheet" : lines == ticket.lines ? "whole" : "a part"
        return ("\(outcome), \(paper)\(isClean ? "" : ", joined by the next")", broken)
    }
}

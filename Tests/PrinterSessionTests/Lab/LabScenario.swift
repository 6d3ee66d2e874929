import Conditions
import DeviceEmulators
import ESCPOS
import SeededRandomness

/// One story of visitors and mishaps, drawn from a seed and a number.
struct LabScenario {
    let number: Int
    let seed: UInt64
    private(set) var violations: [String] = []
    private(set) var outcomes: [PrintOutcome] = []
    private(set) var trace: [String] = []

    /// - Parameters:
    ///   - withBlips: now and then the power goes and comes back so soon that a line may not notice.
    ///   - withLostRelays: now and then the spooler or its backend dies, and another brings the same print once more, or again
    ///     and again: while it runs, and after its end, where the spooler had not written that down.
    init(number: Int, seed: UInt64, withBlips: Bool = true, withLostRelays: Bool = true, isTraced: Bool = false) {
        self.number = number
        self.seed = seed
        var generator = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
        let model = Self.model(&generator)
        let kind = LabLine.Kind.allCases.randomElement(using: &generator)!
        let latency = Duration.milliseconds(Int.random(in: 1...20, using: &generator))
        let speed = [1920, 11_520, 100_000].randomElement(using: &generator)!
        // Drawn apart, so that a story stays the same with and without them.
        var blips = withBlips ? SeededGenerator(seed: ~(seed &* 1_000_003 &+ UInt64(number))) : nil
        var relays = withLostRelays ? SeededGenerator(seed: (seed &* 1_000_003 &+ UInt64(number)) ^ 0x5EC0_4D5E_1AF5) : nil
        // Where a picture takes the line longer than the printer is away, nothing could tell: no question stands inside one.
        let shortest = speed < 10_000 ? [500, 700] : [0, 100]
        let warmUp = blips.map { _ in (shortest + [1000, 2000]).randomElement(using: &blips!)! } ?? 1000
        var lab = Lab(model, kind, latency: latency, bytesPerSecond: speed, warmUp: .milliseconds(warmUp), generator: generator)
        if isTraced {
            lab.trace = [
                "proof \(model.proof.rawValue), clearing \(model.clearing.rawValue), status back \(model.automaticStatus), "
                    + "buffer \(model.bufferBytes), cutter \(model.cutter.rawValue), \(kind.rawValue) \(speed) B/s, starts up in \(warmUp) ms"
            ]
        }
        lab.act(.restart)
        let end = Self.plan(&lab, &blips, &relays)
        lab.run(until: end)
        lab.heal()
        lab.run(until: end + .seconds(400), \.isQuiet)
        violations = lab.violations()
        outcomes = lab.ledger.order.compactMap { lab.ledger.entries[$0]?.result?.outcome }
        trace = (lab.trace ?? []) + lab.sheets.map { "sheet \($0.number)\($0.isCut ? "" : ", not cut"): \($0.lines)" }
    }

    private static func model(_ generator: inout SeededGenerator) -> PrinterModel {
        let proof = PrinterModel.Proof.allCases.randomElement(using: &generator)!
        return PrinterModel(
            id: "lab", name: "Lab", paperWidth: .mm58, dots: 96, columns: 8, qr: .raster, proof: proof,
            automaticStatus: proof != .none && Bool.random(using: &generator),
            bufferBytes: [256, 512, 4096].randomElement(using: &generator)!,
            cutter: Int.random(in: 0..<5, using: &generator) == 0 ? .none : .partial, feedBeforeCut: 2, image: .raster,
            clearing: PrinterModel.Clearing.allCases.randomElement(using: &generator)!, speed: 100, warmUp: 2)
    }

    // MARK: The story

    /// Returns when its last act is over.
    private static func plan(_ lab: inout Lab, _ blips: inout SeededGenerator?, _ relays: inout SeededGenerator?) -> Duration {
        var generator = lab.generator
        var time = Duration.milliseconds(Int.random(in: 100...2500, using: &generator))
        var end = time
        for visitor in 1...Int.random(in: 1...3, using: &generator) {
            let print = LabPrint(
                visitor: visitor, copy: 1, lines: Int.random(in: 2...7, using: &generator), hasPicture: Bool.random(using: &generator))
            lab.plan(.act(.ask(print)), after: time)
            if chance(3, &generator) {
                lab.plan(.act(.ask(print)), after: time + .milliseconds(Int.random(in: 1...3000, using: &generator)))
            }
            if chance(3, &generator) {
                let most = chance(2, &generator) ? 600 : 9000
                lab.plan(.act(.cancel(print)), after: time + .milliseconds(Int.random(in: 0...most, using: &generator)))
            } else if chance(2, &generator) {
                lab.copiesWanted.insert(visitor)
            }
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let at = time + .milliseconds(Int.random(in: -300...1200, using: &generator))
                end = max(end, mishap(&lab, at: max(at, .zero), print, &generator))
            }
            if blips != nil, chance(3, &blips!) { end = max(end, blip(&lab, around: time, &blips!)) }
            if relays != nil, chance(3, &relays!) { end = max(end, resubmit(&lab, print, after: time, &relays!)) }
            time += .milliseconds(Int.random(in: 200...9000, using: &generator))
        }
        lab.generator = generator
        return max(end, time)
    }

    /// Returns when the last relay has brought the print.
    private static func resubmit(_ lab: inout Lab, _ print: LabPrint, after time: Duration, _ generator: inout SeededGenerator) -> Duration
    {
        var at = time
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            at += .milliseconds(Int.random(in: 1...(chance(2, &generator) ? 800 : 12_000), using: &generator))
            lab.plan(.act(.ask(print)), after: at)
        }
        return at
    }

    /// Returns when the power is back.
    private static func blip(_ lab: inout Lab, around time: Duration, _ generator: inout SeededGenerator) -> Duration {
        let begin = max(.zero, time + .milliseconds(Int.random(in: -300...2500, using: &generator)))
        let length = Duration.milliseconds(Int.random(in: 50...(chance(2, &generator) ? 300 : 3000), using: &generator))
        lab.plan(.act(.powerOff(silently: true)), after: begin)
        lab.plan(.act(.powerOn), after: begin + length)
        return begin + length
    }

    private static func chance(_ of: Int, _ generator: inout SeededGenerator) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }

    /// Something goes wrong at a time. Returns when it is over.
    private static func mishap(_ lab: inout Lab, at time: Duration, _ print: LabPrint, _ generator: inout SeededGenerator) -> Duration {
        let most = chance(2, &generator) ? 3000 : 15_000
        let end = time + .milliseconds(Int.random(in: 1100...most, using: &generator))
        func both(_ begin: Lab.Act, _ over: Lab.Act) {
            lab.plan(.act(begin), after: time)
            lab.plan(.act(over), after: end)
        }
        switch Int.random(in: 0..<14, using: &generator) {
        case 0: both(.powerOff(silently: chance(2, &generator)), .powerOn)
        case 1: both(.unplug, .plug)
        case 2: both(.fault(.paperOut, true), chance(2, &generator) ? .newRoll : .fault(.paperOut, false))
        case 3: both(.fault(.coverOpen, true), .fault(.coverOpen, false))
        case 4: both(.fault(.cutterJam, true), .fault(.cutterJam, false))
        case 5: both(.fault(.headHot, true), .fault(.headHot, false))
        case 6:
            both(.fault(.unrecoverable, true), .powerOff(silently: chance(2, &generator)))
            lab.plan(.act(.powerOn), after: end + .milliseconds(1500))
            return end + .milliseconds(1500)
        case 7: both(.fault(.hang, true), .fault(.hang, false))
        case 8: both(.fault(.deaf, true), .fault(.deaf, false))
        case 9: both(.fault(.garbage, true), .fault(.garbage, false))
        case 10: both(.fault(.late, true), .fault(.late, false))
        case 11, 12:
            both(chance(2, &generator) ? .crash : .crashAtNextBegin, .restart)
            // The spooler asks again for what it has not been told the end of.
            lab.plan(.act(.ask(print)), after: end + .milliseconds(Int.random(in: 1...500, using: &generator)))
            return end + .milliseconds(500)
        default: both(.fault(.nearEnd, true), .fault(.nearEnd, false))
        }
        return end
    }
}

extension Lab {
    /// Everything that was wrong is put right, the printer switched off and on where nothing else helps.
    mutating func heal() {
        for fault in printer.faults.sorted(by: { $0.rawValue < $1.rawValue }) { act(.fault(fault, false)) }
        act(.plug)
        // Opening and closing the cover frees a knife.
        act(.fault(.coverOpen, true))
        act(.fault(.coverOpen, false))
        crashesAtBegin = false
        if kiosk == nil { act(.restart) }
    }
}

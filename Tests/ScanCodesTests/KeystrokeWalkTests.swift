import Secrets
import Testing

@testable import ScanCodes

/// Laws of the keystroke machine in every state that can be reached with a few keys, against a second telling of the rules.
@Suite struct KeystrokeWalkTests {
    struct World: Hashable {
        var machine = KeystrokeMachine(ScannerProfile())
        var now = Duration.zero
        /// What was typed since the last end of a code, and whether that is worth anything.
        var typed = ""
        var isSpoilt = false
        var waiting: Int?
        var faults: Set<String> = []
        var path: [String] = []

        /// Text and times by their length and distance: longer codes are no different.
        var situation: World {
            var copy = self
            copy.path = []
            copy.machine.wait = 0
            copy.waiting = waiting == machine.wait ? 0 : nil
            copy.now = .zero
            if case .collecting(var typed) = copy.machine.state {
                typed.lastPress = .zero
                copy.machine.state = .collecting(typed)
            }
            return copy
        }

        mutating func receive(_ name: String, _ event: KeystrokeMachine.Event, expect code: String?) {
            path.append(name)
            var codes: [String] = []
            for effect in machine.handle(event) {
                switch effect {
                case .scanned(let text, _): codes.append(text.withBytes { String(decoding: $0, as: UTF8.self) })
                case .wait(_, let number): waiting = number
                case .ignored: break
                }
            }
            if codes != (code.map { [$0] } ?? []) { faults.insert("\(codes) came, not \(code ?? "nothing")") }
            switch machine.state {
            case .idle: break
            case .collecting, .passing: if waiting != machine.wait { faults.insert("it would wait for ever") }
            }
        }

        mutating func tap(_ character: Character, _ gap: Duration, _ name: String) {
            now += gap
            if gap > .milliseconds(50) && !typed.isEmpty { isSpoilt = true }
            let key = KeyboardLayout.us.key(for: character.asciiValue!)!.key
            typed.append(character)
            receive(name, .keystroke(Keystroke(key, .pressed, at: now)), expect: nil)
            receive("", .keystroke(Keystroke(key, .released, at: now)), expect: nil)
        }

        mutating func enter(_ gap: Duration, _ name: String) {
            now += gap
            let isCode = !isSpoilt && typed.count >= 4 && gap <= .milliseconds(50)
            let code = isCode ? typed : nil
            (typed, isSpoilt) = ("", false)
            receive(name, .keystroke(Keystroke(.enter, .pressed, at: now)), expect: code)
            receive("", .keystroke(Keystroke(.enter, .released, at: now)), expect: nil)
        }

        mutating func wait() {
            guard let number = waiting else { return }
            if isSpoilt { (typed, isSpoilt) = ("", false) } else if !typed.isEmpty { (typed, isSpoilt) = ("", true) }
            receive("wait", .waited(number: number), expect: nil)
        }
    }

    static func next(_ world: World) -> [World] {
        let moves: [(inout World) -> Void] = [
            { $0.tap("7", .milliseconds(8), "7") },
            { $0.tap("7", .milliseconds(300), "…7") },
            { $0.enter(.milliseconds(8), "⏎") },
            { $0.enter(.milliseconds(300), "…⏎") },
            { $0.wait() },
            { world in
                world.receive("late", .waited(number: world.machine.wait - 1), expect: nil)
            },
            { world in
                world.isSpoilt = true
                world.receive("lost", .lost, expect: nil)
            },
            { world in
                world.isSpoilt = true
                world.receive("taken", .taken(held: []), expect: nil)
            },
            { world in
                (world.typed, world.isSpoilt) = ("", false)
                world.receive("gone", .gone, expect: nil)
            },
        ]
        return moves.map { move in
            var copy = world
            // A spoilt text is as good as any other.
            if copy.isSpoilt { copy.typed = "" }
            move(&copy)
            if copy.isSpoilt { copy.typed = "" }
            return copy
        }.filter { $0.typed.count <= 6 }
    }

    static let worlds: [World] = {
        var seen: Set<World> = []
        var all: [World] = []
        var frontier = [World()]
        while !frontier.isEmpty {
            let world = frontier.removeFirst()
            guard seen.insert(world.situation).inserted else { continue }
            all.append(world)
            guard world.faults.isEmpty, all.count < 5000 else { continue }
            frontier += next(world)
        }
        return all
    }()

    @Test func theLawsHold() {
        let broken = Self.worlds.first { !$0.faults.isEmpty }
        #expect(broken == nil, "\(broken.map { "\($0.faults) after \($0.path.joined(separator: " "))" } ?? "")")
    }

    @Test func silenceAlwaysLeadsBackToTheBeginning() {
        for var world in Self.worlds {
            for _ in 0..<2 { world.wait() }
            #expect(world.machine.state == .idle, "\(world.path)")
        }
    }

    /// Fails when somebody adds a state or an event, so that they look at the laws again.
    @Test func theStateSpaceIsAsSmallAsWeThink() { #expect(Self.worlds.count == 9) }
}

import Conditions
import Testing

@testable import ScanCodes

@Suite struct ScannerPresenceTests {
    @Test func aScannerThatIsHeldIsTakenOnceItIsFree() {
        var machine = ScannerPresenceMachine()
        #expect(machine.handle(.seen) == [.open])
        #expect(machine.handle(.refused(.busy)) == [.tell(.scannerBusy), .wait(.milliseconds(250), number: 2)])
        #expect(machine.handle(.waited(number: 2)) == [.open])
        #expect(machine.handle(.refused(.busy)) == [.wait(.milliseconds(500), number: 4)])
        #expect(machine.handle(.waited(number: 2)) == [])
        #expect(machine.handle(.waited(number: 4)) == [.open])
        #expect(machine.handle(.opened) == [.tell(nil)])
    }

    @Test func whatBreaksIsTriedAgainAndWhatIsUnpluggedIsAbsent() {
        var machine = ScannerPresenceMachine()
        _ = machine.handle(.seen)
        #expect(machine.handle(.opened) == [.tell(nil)])
        #expect(machine.handle(.broke) == [.close, .tell(.scannerLost), .wait(.milliseconds(250), number: 2)])
        #expect(machine.handle(.vanished) == [.tell(.scannerAbsent)])
        #expect(machine.handle(.waited(number: 2)) == [])
        #expect(machine.handle(.seen) == [.open])
    }

    @Test func theWaitGrowsUpToItsLimit() {
        var machine = ScannerPresenceMachine()
        _ = machine.handle(.seen)
        var delays: [Duration] = []
        for _ in 0..<12 {
            guard case .wait(let delay, let number)? = machine.handle(.refused(.notAllowed)).last else { break }
            delays.append(delay)
            _ = machine.handle(.waited(number: number))
        }
        #expect(delays.prefix(5) == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4)])
        #expect(delays.count == 12 && delays.last == .seconds(4))
    }

    // MARK: Laws, in every state that can be reached

    struct World: Hashable {
        var machine = ScannerPresenceMachine()
        var isOpen = false
        var isThere = false
        var isAsked = false
        var wait: Int?
        var told: ConditionCode? = .scannerAbsent
        var faults: Set<String> = []

        mutating func receive(_ event: ScannerPresenceMachine.Event) {
            switch event {
            case .seen: isThere = true
            case .vanished: (isThere, isAsked) = (false, false)
            case .opened: (isOpen, isAsked) = (true, false)
            case .refused: isAsked = false
            case .broke, .waited: break
            }
            for effect in machine.handle(event) {
                switch effect {
                case .open:
                    if isOpen || isAsked || !isThere { faults.insert("opened twice, or without being there") }
                    (isAsked, wait) = (true, nil)
                case .close:
                    if !isOpen { faults.insert("closed without being open") }
                    isOpen = false
                case .wait(_, let number): wait = number
                case .tell(let condition): told = condition
                }
            }
            if isOpen != (told == nil) { faults.insert("it says \(told?.rawValue ?? "ready") and is \(isOpen ? "open" : "closed")") }
            if (told == .scannerAbsent) != (!isThere) && !isAsked { faults.insert("there and absent") }
            if isThere, !isOpen, !isAsked, wait != machine.wait { faults.insert("nothing will ever take it") }
        }

        var situation: World {
            var copy = self
            copy.wait = wait == machine.wait ? 0 : nil
            copy.machine.wait = 0
            return copy
        }
    }

    @Test func theLawsHold() {
        var seen: Set<World> = []
        var frontier = [World()]
        while let world = frontier.popLast(), seen.count < 5000 {
            guard seen.insert(world.situation).inserted else { continue }
            #expect(world.faults.isEmpty)
            guard world.faults.isEmpty else { return }
            // What the shell can tell: answers only while it was asked.
            var events: [ScannerPresenceMachine.Event] = [.seen, .vanished, .waited(number: world.machine.wait), .waited(number: -1)]
            if world.isAsked { events += [.opened] + ScannerTrouble.allCases.map { .refused($0) } }
            if world.isOpen { events.append(.broke) }
            for event in events {
                var next = world
                next.receive(event)
                frontier.append(next)
            }
        }
        #expect(seen.count > 10 && seen.count < 5000)
    }
}

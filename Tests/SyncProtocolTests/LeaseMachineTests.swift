import Foundation
import KioskCore
import Testing

@testable import SyncProtocol

@Suite struct LeaseMachineTests {
    /// A machine with two citizens to come, a centre that may do anything, and what is under way between them.
    private struct World: Hashable {
        var machine = LeaseMachine(rest: .seconds(1))
        var wanted = 0
        var asked: Set<NumberRequest> = []
        var timers: Set<LeaseMachine.TimerID> = []
        var decisions: [LeaseID: LeaseMachine.Decision] = [:]

        mutating func take(_ event: LeaseMachine.Event) {
            for effect in machine.handle(event) {
                switch effect {
                case .ask(let request): asked.insert(request)
                case .startTimer(let timer, _): timers.insert(timer)
                case .decide(let id, let decision):
                    #expect(decisions.updateValue(decision, forKey: id) == nil, "a citizen gets one number")
                }
            }
        }

        var successors: [World] {
            var worlds: [World] = []
            func add(_ change: (inout World) -> Void) {
                var world = self
                change(&world)
                worlds.append(world)
            }
            if wanted < 2 {
                add {
                    $0.wanted += 1
                    $0.take(.wanted(LeaseMachineTests.request($0.wanted)))
                }
            }
            for request in asked {
                let right = NumberLease(id: request.id, prefix: request.prefix, day: request.day, ordinal: 7)
                var other = right
                other.day = "1970-01-01"
                var none = right
                none.ordinal = 0
                for answer in [right, other, none] { add { $0.take(.answered(answer)) } }
                add { $0.take(.failed(request.id)) }
            }
            for timer in timers {
                add {
                    $0.timers.remove(timer)
                    $0.take(.timerFired(timer))
                }
            }
            return worlds
        }
    }

    private static func id(_ number: Int) -> LeaseID { LeaseID(octets: [UInt8](repeating: UInt8(number), count: LeaseID.size))! }

    private static func request(_ number: Int) -> NumberRequest {
        NumberRequest(
            site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, epoch: SyncWorld.epoch, id: id(number), prefix: "PZ",
            day: ServiceDay(number: 20_779))
    }

    @Test func everyCitizenGetsOneNumberAndNobodyWaitsForEver() {
        var seen: Set<World> = []
        var frontier = [World()]
        while let world = frontier.popLast() {
            guard seen.insert(world).inserted else { continue }
            for (id, decision) in world.decisions {
                guard case .leased(let lease) = decision else { continue }
                #expect(lease == NumberLease(id: id, prefix: "PZ", day: "2026-11-22", ordinal: 7), "only the answer to the very request")
            }
            if case .asking(let request, let timer) = world.machine.state {
                #expect(world.timers.contains(timer), "something ends every wait")
                #expect(world.decisions[request.id] == nil)
                #expect(world.decisions.count == world.wanted - 1)
            } else {
                #expect(world.decisions.count == world.wanted)
            }
            if case .resting(let timer) = world.machine.state { #expect(world.timers.contains(timer)) }
            frontier += world.successors
        }
        print("lease machine: \(seen.count) situations")
        #expect(seen.count > 50)
    }

    @Test func aSilentCentreIsLeftAloneForAWhile() {
        var machine = LeaseMachine(rest: .seconds(10))
        let first = machine.handle(.wanted(Self.request(1)))
        guard case .startTimer(let patience, let wait) = first.last else {
            Issue.record("\(first)")
            return
        }
        #expect(first.first == .ask(Self.request(1)))
        #expect(wait == .milliseconds(150))
        let silence = machine.handle(.timerFired(patience))
        #expect(silence.first == .decide(Self.id(1), .reserve))
        #expect(machine.handle(.wanted(Self.request(2))) == [.decide(Self.id(2), .reserve)], "the next citizen does not wait")
        guard case .startTimer(let rest, .seconds(10)) = silence.last else {
            Issue.record("\(silence)")
            return
        }
        #expect(machine.handle(.timerFired(rest)) == [])
        #expect(machine.handle(.wanted(Self.request(3))).first == .ask(Self.request(3)))
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test func requestAndLeaseKeepTheirForm() throws {
        let request = try Self.text(Self.request(1))
        #expect(
            request == #"{"day":"2026-11-22","epoch":"\#(SyncWorld.epoch)","id":"01010101010101010101010101010101","kiosk":"mpp-1","#
                + #""prefix":"PZ","site":"pekanbaru"}"#)
        let lease = NumberLease(id: Self.id(1), prefix: "PZ", day: "2026-11-22", ordinal: 7)
        #expect(try Self.text(lease) == #"{"day":"2026-11-22","id":"01010101010101010101010101010101","ordinal":7,"prefix":"PZ"}"#)
    }
}

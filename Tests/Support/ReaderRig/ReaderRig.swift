public import DeviceEmulators
public import SmartCard

/// A slot machine and an emulated reader that talk to each other, in a time of their own.
public struct ReaderRig {
    public var machine: SlotMachine
    public var reader: EmulatedReader
    /// What the slot holds, as it was told last.
    public private(set) var slot: SlotState = .empty
    public private(set) var finished: [Result<[UInt8], SlotFailure>] = []
    /// How often the device had to be reset.
    public private(set) var resets = 0

    private var now: Duration = .zero
    private var arriving: [(at: Duration, event: SlotMachine.Event)] = []
    private var deadline: (at: Duration, sequence: UInt8)?

    public init(_ description: ReaderDescription) {
        machine = SlotMachine(description)
        reader = EmulatedReader(description)
    }

    public mutating func start() { handle(.start) }
    public mutating func insert(_ card: any EmulatedCard) { arrive(reader.insert(card)) }
    public mutating func remove() { arrive(reader.remove()) }

    /// One command, as it is spelt; nil where nothing was said to it.
    public mutating func exchange(_ octets: [UInt8]) -> Result<[UInt8], SlotFailure>? {
        finished = []
        handle(.request(.exchange(octets)))
        return finished.first
    }

    /// One command and all of its answer.
    public mutating func transmit(_ command: CommandAPDU) -> Result<ResponseAPDU, SlotFailure>? {
        guard case .ready(let card) = slot else { return nil }
        var chaining = ResponseChaining(command, card.transmission)
        var next = chaining.first
        while true {
            switch exchange(next.octets) {
            case nil: return nil
            case .failure(let failure): return .failure(failure)
            case .success(let octets):
                guard let answer = try? ResponseAPDU(decoding: octets) else { return .failure(.nonsense) }
                switch chaining.take(answer) {
                case .send(let command): next = command
                case .finish(let answer): return .success(answer)
                }
            }
        }
    }

    /// Does what the machine wants until nothing is under way any more.
    public mutating func handle(_ event: SlotMachine.Event) {
        take(machine.handle(event))
        while true {
            let next = arriving.indices.min { arriving[$0].at < arriving[$1].at }
            if let next, arriving[next].at <= deadline?.at ?? arriving[next].at {
                let (at, event) = arriving.remove(at: next)
                now = max(now, at)
                take(machine.handle(event))
            } else if let (at, sequence) = deadline {
                now = at
                deadline = nil
                take(machine.handle(.timedOut(sequence: sequence)))
            } else {
                return
            }
        }
    }

    private mutating func take(_ effects: [SlotMachine.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let command, let sequence): arrive(reader.receive(command.octets(slot: 0, sequence: sequence)))
            case .wait(let patience, let sequence): deadline = (now + patience, sequence)
            case .abort: reader.abort()
            case .slot(let state): slot = state
            case .finish(let result): finished.append(result)
            case .resetReader:
                resets += 1
                arriving = []
                deadline = nil
                reader.faults = []
                arriving.append((now, .start))
            }
        }
    }

    private mutating func arrive(_ outputs: [EmulatedReader.Output]) {
        for output in outputs {
            switch output {
            case .message(let octets, let delay):
                guard let answer = try? ReaderAnswer(decoding: octets) else { continue }
                arriving.append((now + delay, .answered(answer)))
            case .notice(let octets):
                guard case .slots(let slots)? = ReaderNotice(decoding: octets, slots: 1) else { continue }
                handle(.noticed(isPresent: slots[0].isPresent))
            // A transport reads on after an empty transfer, and clears an endpoint that stands still: nothing comes for this command.
            case .nothing, .stall, .unplugged: break
            }
        }
    }
}

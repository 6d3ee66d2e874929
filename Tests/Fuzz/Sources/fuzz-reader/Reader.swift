import SmartCard

/// What a reader says, on bulk-IN and on its interrupt endpoint, to a slot that is started, used and given up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReader(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: octets, count: count))
    guard let kind = input.first else { return 0 }
    if let reader = try? ReaderDescription(decoding: Array(input.dropFirst())) { precondition((1...256).contains(reader.slots)) }
    _ = ReaderCommand(decoding: input)
    var slot = SlotMachine(
        ReaderDescription(
            features: kind & 4 == 0 ? .choosesVoltage : [.choosesVoltage, .negotiatesParameters],
            level: ExchangeLevel.allCases[Int(kind & 3) % 3], messageLength: 64))
    var sequence: UInt8 = 0
    var owed = false
    let receive = { (event: SlotMachine.Event) in
        for effect in slot.handle(event) {
            switch effect {
            case .send(let command, let number):
                sequence = number
                owed = true
                precondition(ReaderCommand(decoding: command.octets(slot: 0, sequence: number)) == command)
            case .wait, .abort, .slot, .finish, .resetReader: break
            }
        }
    }
    receive(.start)
    var rest = input.dropFirst()
    while let what = rest.popFirst() {
        switch what >> 5 {
        case 0: receive(.noticed(isPresent: what & 1 == 0))
        case 1: receive([.pollDue, .withdrawn, .start, .request(.reset)][Int(what & 3)])
        case 2: receive(.timedOut(sequence: sequence))
        case 3: receive(.request(.exchange([0, 0xB0, 0, 0, 4])))
        case 4: receive(.request(.escape([what])))
        case _:
            // A message with its header made right, so that what stands in it is read.
            let data = Array(rest.prefix(Int(what & 0x1F)))
            rest = rest.dropFirst(data.count)
            guard data.count >= 4 else { continue }
            let message = [0x80 | data[0] & 3, UInt8(data.count - 4), 0, 0, 0, 0, sequence] + data[1...]
            guard let answer = try? ReaderAnswer(decoding: message) else { continue }
            receive(.answered(answer))
        }
        _ = ReaderNotice(decoding: Array(rest.prefix(8)), slots: Int(what & 7) + 1)
    }
    guard owed else { return 0 }
    for _ in 0..<4 { receive(.timedOut(sequence: sequence)) }
    return 0
}

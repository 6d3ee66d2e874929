import SmartCard

/// What a card says: its ATR, its blocks, its data objects, a response to PPS. The first octet says as what the others are read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCard(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: octets, count: count))
    guard let kind = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    switch kind & 3 {
    case 0: answerToReset(rest)
    case 1: blocks(rest, kind & 4 == 0 ? .lrc : .crc)
    case 2: objects(rest)
    case _: commands(rest)
    }
    return 0
}

private func answerToReset(_ octets: [UInt8]) {
    guard let answer = try? AnswerToReset(decoding: octets) else { return }
    precondition(answer.octets == octets && answer.historical.count <= 15 && (1...254).contains(answer.block.fieldSize))
    for transmission in answer.protocols {
        let parameters = CardParameters(transmission, rate: answer.fastestRate, of: answer)
        precondition(CardParameters(protocolNumber: transmission.rawValue, parameters.octets)?.octets == parameters.octets)
        _ = try? ParameterSelection(transmission, rate: answer.fastestRate).accepted(by: octets)
    }
}

/// Each two octets of length cut off a block that the card says; none may hold the conversation up.
private func blocks(_ octets: [UInt8], _ check: BlockCheck) {
    var machine = T1Machine(BlockParameters(fieldSize: 4, check: check), fieldSize: 64, cardKnows: octets.count % 2 == 0)
    var effects = machine.handle(.transmit([0, 0xB0, 0, 0, 1, 2]))
    var rest = octets[...]
    while let length = rest.popFirst() {
        precondition(effects.count <= 1)
        var said = Array(rest.prefix(Int(length & 0x7F)))
        rest = rest.dropFirst(said.count)
        // A right check, mostly, so that what stands behind it is read.
        if length & 0x80 == 0 { said += check.octets(of: said) }
        if let block = try? T1Block(decoding: said, check) { precondition(block.octets(check) == said) }
        effects = machine.handle(said.isEmpty ? .lost(.other) : .received(said))
    }
    for _ in 0..<20 { effects = machine.handle(.lost(.other)) }
    precondition(effects.isEmpty, "silence does not end the conversation")
}

private func objects(_ octets: [UInt8]) {
    _ = try? TLVReader.head(octets)
    guard let objects = try? DataObject.sequence(octets) else { return }
    let written = objects.flatMap(\.octets)
    precondition(written.count <= octets.count, "an object has a longer spelling than it came in")
    precondition((try? DataObject.sequence(written)) == objects)
    for object in objects { _ = try? object.parts() }
}

private func commands(_ octets: [UInt8]) {
    if let command = try? CommandAPDU(decoding: octets) { precondition(command.octets == octets) }
    if let response = try? ResponseAPDU(decoding: octets) { precondition(response.octets == octets) }
}

import ESCPOS

/// Whatever a printer sends, in whatever chunks: no byte is lost, and what waits stays short.
/// (Reserved bits of an automatic status are not kept, so lengths are compared and not bytes.)
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    var whole = AnswerDecoder()
    let answers = whole.feed(bytes)
    precondition(answers.reduce(whole.pending.count) { $0 + $1.bytes.count } == bytes.count, "the answers are not the bytes")
    precondition(whole.pending.count <= 128)

    var single = AnswerDecoder()
    var again: [PrinterAnswer] = []
    for byte in bytes {
        again += single.feed(CollectionOfOne(byte))
        precondition(single.pending.count <= 128)
    }
    precondition(again.reduce(single.pending.count) { $0 + $1.bytes.count } == bytes.count, "chunks lose bytes")
    for answer in answers {
        switch answer {
        case .realTimeStatus(let byte): for query in RealTimeQuery.allCases { _ = RealTimeStatus(query, byte: byte) }
        case .queuedStatus(let byte): _ = PaperSensor.flags(byte)
        case .automaticStatus(let status): _ = status.flags
        case .processID, .printerInfo, .logoNames, .unknown: break
        }
    }
    return 0
}

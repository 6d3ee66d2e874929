import ESCPOS

/// Whatever bytes in whatever chunks: no byte is lost or made up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    var decoder = CommandDecoder()
    let commands = decoder.feed(bytes)
    precondition(commands.flatMap(\.bytes) + decoder.pending == bytes, "the commands are not the bytes")
    for command in commands { precondition(!command.explanation.isEmpty) }

    var chunked = CommandDecoder()
    var again: [UInt8] = []
    let step = 1 + Int(bytes.first ?? 0) % 7
    for start in stride(from: 0, to: bytes.count, by: step) {
        again += chunked.feed(bytes[start..<min(bytes.count, start + step)]).flatMap(\.bytes)
    }
    precondition(again + chunked.pending == bytes, "chunks change the commands")
    return 0
}

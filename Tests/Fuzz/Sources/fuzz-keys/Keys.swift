import ScanCodes
import Secrets

/// Keystrokes, losses and waits as they come, two octets each; then the same octets as records of the kernel and reports of the boot protocol.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzKeys(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: octets, count: count))
    guard let kind = input.first else { return 0 }
    let suffixes: [[ScannerProfile.Suffix]] = [[.enter], [.tab], [], [.enter, .tab]]
    let form =
        kind & 4 == 0 ? nil : CardNumberForm(notation: kind & 8 == 0 ? .decimal : .hexadecimal, octets: 4 + Int(kind >> 5), digits: 0)
    let profile = ScannerProfile(prefix: kind & 16 == 0 ? [] : [0x25], suffix: suffixes[Int(kind & 3)], cardNumber: form)
    var machine = KeystrokeMachine(profile)
    var (now, number, typed) = (Duration.zero, 0, 0)
    let receive = { (event: KeystrokeMachine.Event) in
        for effect in machine.handle(event) {
            switch effect {
            case .wait(let time, let next):
                precondition(time > .zero)
                number = next
            case .scanned(let text, _):
                // A key types two octets at most, and each was pressed since the last code.
                precondition((ScannerProfile.shortestCode...2 * typed).contains(text.count), "a code that nobody typed")
                typed = 0
                _ = ScannedKind(text, profile)
            case .ignored: break
            }
        }
    }
    var rest = input.dropFirst()
    while let what = rest.popFirst(), let key = rest.popFirst() {
        now += .milliseconds(Int(what & 0x3F) * (what & 0x20 == 0 ? 1 : 20))
        switch what >> 6 {
        case 0, 1:
            typed += 1
            receive(.keystroke(Keystroke(Key(rawValue: key), .pressed, at: now)))
            if what & 0x40 == 0 { receive(.keystroke(Keystroke(Key(rawValue: key), .released, at: now))) }
        case 2: receive(.keystroke(Keystroke(Key(rawValue: key), key & 1 == 0 ? .released : .repeated, at: now)))
        case _: receive([.waited(number: number), .lost, .held([Key(rawValue: key)]), .gone, .taken(held: [])][Int(key % 5)])
        }
    }
    for _ in 0..<3 { receive(.waited(number: number)) }
    precondition(machine.isListening, "silence does not end it")
    records(Array(input.dropFirst()))
    return 0
}

private func records(_ octets: [UInt8]) {
    var (reader, keyboard) = (EventReader(), BootKeyboard())
    for start in stride(from: 0, to: octets.count, by: EventRecord.size) {
        if let record = EventRecord(decoding: octets[start..<min(start + EventRecord.size, octets.count)]) {
            precondition(EventRecord(decoding: record.octets) == record)
            _ = reader.read(record)
        }
        _ = keyboard.read(octets[start..<min(start + 8, octets.count)], at: .zero)
    }
    _ = AIMIdentifier(octets)
    _ = ScannedKind(Secret(octets), ScannerProfile())
}

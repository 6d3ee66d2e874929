import ScanCodes
import Testing

@Suite struct KeyboardTests {
    @Test func everyKeyHasItsOwnNumberInTheKernel() {
        for usage in UInt8.min...UInt8.max {
            let key = Key(rawValue: usage)
            if let code = key.eventCode { #expect(Key(eventCode: code) == key) }
        }
        // From linux/input-event-codes.h: KEY_Z, KEY_ENTER, KEY_KP0, KEY_RIGHTALT, KEY_SLASH, KEY_102ND.
        let known: [(UInt16, UInt8)] = [(44, 0x1D), (28, 0x28), (82, 0x62), (100, 0xE6), (53, 0x38), (86, 0x64)]
        for (code, usage) in known { #expect(Key(eventCode: code)?.rawValue == usage) }
        #expect(Key(eventCode: 0) == nil && Key(eventCode: 113) == nil)
    }

    @Test func aRecordIsReadAsItWasWritten() {
        let record = EventRecord(time: .seconds(1_700_000_000) + .microseconds(999_999), type: 1, code: 28, value: -2)
        #expect(record.octets.count == EventRecord.size)
        #expect(EventRecord(decoding: record.octets) == record)
        #expect(EventRecord(decoding: record.octets.dropLast()) == nil)
        // The fuzzer's: a time before the beginning.
        #expect(EventRecord(decoding: [UInt8](repeating: 0xFF, count: 8) + record.octets.dropFirst(8)) == nil)
    }

    @Test func behindALossEverythingUpToTheReportIsPassedOver() {
        var reader = EventReader()
        let stroke = Keystroke(.enter, .pressed, at: .seconds(1))
        #expect(reader.read(EventRecord(stroke)!) == .keystroke(stroke))
        #expect(reader.read(.report(at: .seconds(1))) == nil)
        #expect(reader.read(.dropped(at: .seconds(2))) == nil)
        #expect(reader.read(EventRecord(stroke)!) == nil)
        #expect(reader.read(.report(at: .seconds(2))) == .lost)
        #expect(reader.read(EventRecord(stroke)!) == .keystroke(stroke))
    }

    @Test func reportsOfTheBootProtocolAreKeystrokes() {
        var keyboard = BootKeyboard()
        let at = Duration.seconds(3)
        #expect(
            keyboard.read([2, 0, 0x04, 0, 0, 0, 0, 0], at: at) == [
                Keystroke(.leftShift, .pressed, at: at), Keystroke(Key(rawValue: 4), .pressed, at: at),
            ])
        #expect(keyboard.read([2, 0, 0x04, 0, 0, 0, 0, 0], at: at) == [])
        #expect(
            keyboard.read([0, 0, 0x05, 0x04, 0, 0, 0, 0], at: at) == [
                Keystroke(.leftShift, .released, at: at), Keystroke(Key(rawValue: 5), .pressed, at: at),
            ])
        #expect(keyboard.read([0, 0, 1, 1, 1, 1, 1, 1], at: at) == nil)
        #expect(keyboard.read([0, 0, 0], at: at) == nil)
        #expect(keyboard.read([0, 0, 0, 0, 0, 0, 0, 0], at: at)?.count == 2)
    }
}

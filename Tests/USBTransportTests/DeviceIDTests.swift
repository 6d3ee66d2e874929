import Testing

@testable import USBTransport

@Suite struct DeviceIDTests {
    @Test func aPrinterSaysWhoItIs() {
        let id = DeviceID("MFG:EPSON;CMD:ESC/POS,BDC;MDL:TM-T20II;CLS:PRINTER;DES:EPSON TM-T20II;SN:J3SG001;")
        #expect(id.manufacturer == "EPSON")
        #expect(id.model == "TM-T20II")
        #expect(id.serial == "J3SG001")
    }

    @Test func longNamesOfTheKeysAndSpacesAroundThemAreUnderstood() {
        let id = DeviceID(" MANUFACTURER: Xprinter ; model:XP-80C;COMMAND SET:ESC/POS ;nothing;:x;")
        #expect(id.manufacturer == "Xprinter")
        #expect(id.model == "XP-80C")
        #expect(id.serial == nil)
    }

    @Test(
        arguments: [
            // As it should be; the wrong way round; longer than what came; no length at all.
            [0x00, 0x0B], [0x0B, 0x00], [0x01, 0x00], [0x00, 0x00],
        ] as [[UInt8]]) func theLengthBeforeItIsReadHoweverItIsWrong(_ length: [UInt8])
    {
        #expect(DeviceID(answer: length + Array("MDL:T20;;".utf8))?.model == "T20")
    }

    @Test(arguments: [[], [0x00], [0x00, 0x02], [0x00, 0x04, 0x00, 0x00]] as [[UInt8]])
    func noAnswerIsNoDeviceID(_ answer: [UInt8]) {
        #expect(DeviceID(answer: answer) == nil)
    }
}

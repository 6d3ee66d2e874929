import DeviceLines
import Testing

@testable import USBTransport

@Suite struct PortStatusTests {
    @Test func aPrinterThatDoesNotAnswerIsNotAsked() {
        #expect(!PortStatus(first: nil).isAnswered)
        #expect(PortStatus(first: 0).isAnswered)
    }

    @Test func threeWiresThatWereNeverHighAreNotConnected() {
        var status = PortStatus(first: 0)
        #expect(status.take(0) == [])
        #expect(status.take(0x18) == [])
        #expect(status.take(0) == [.offline, .error])
    }

    @Test func whatWasSaidLastHoldsWhileItDoesNotAnswer() {
        var status = PortStatus(first: 0x30)
        #expect(status.take(nil) == .paperOut)
        #expect(status.take(0x18) == [])
        #expect(status.take(nil) == [])
    }
}

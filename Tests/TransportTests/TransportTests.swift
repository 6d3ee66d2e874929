import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceLines
import Foundation
import LoopbackWeb
import PrintBench
import Stage
import Subprocess
import SystemPackage
import Testing
import TransportConformance

@testable import printer_conformance

/// One suite for every way to a printer; one case after the other, because each has several processes.
@Suite(.serialized, .timeLimit(.minutes(15))) struct TransportTests {
    @Test(arguments: TransportBehaviour.allCases) func theNetworkBehaves(_ behaviour: TransportBehaviour) async throws {
        try await Wires.network { try await behaviour.demand(of: $0) }
    }

    @Test(arguments: TransportBehaviour.allCases) func aSerialLineBehaves(_ behaviour: TransportBehaviour) async throws {
        try await Wires.file(.serial) {
            .serial(path: $0, SerialSettings(baud: .b115200, flow: .rts))
        } body: {
            try await behaviour.demand(of: $0)
        }
    }

    @Test(arguments: SerialSettings.FlowControl.allCases)
    func everyFlowControlCarriesAPicture(_ flow: SerialSettings.FlowControl) async throws {
        try await Wires.file(.serial) {
            .serial(path: $0, SerialSettings(baud: .b19200, flow: flow))
        } body: {
            try await TransportBehaviour.aLargePictureArrivesWhole.demand(of: $0)
        }
    }

    @Test(arguments: TransportBehaviour.allCases) func aCharacterDeviceBehaves(_ behaviour: TransportBehaviour) async throws {
        try await Wires.file(.device) {
            .file(path: $0)
        } body: {
            try await behaviour.demand(of: $0)
        }
    }

    @Test(arguments: TransportBehaviour.allCases) func aUSBPrinterBehaves(_ behaviour: TransportBehaviour) async throws {
        try await Self.underEmulatedUSB([behaviour.rawValue])
    }

    @Test(arguments: USBPeculiarity.allCases) func whatOnlyUSBHasIsRightToo(_ peculiarity: USBPeculiarity) async throws {
        try await Self.underEmulatedUSB([peculiarity.rawValue])
    }

    @Test func theUSBBackendOfCUPSFindsTheEmulatedPrinterAndPrintsToIt() async throws {
        try await Self.underEmulatedUSB(["judge"])
    }

    @Test(arguments: SerialSettings.Baud.allCases) func everyRateCanBeSet(_ baud: SerialSettings.Baud) async throws {
        try await Wires.file(.serial) {
            .serial(path: $0, SerialSettings(baud: baud))
        } body: { bench in
            try await bench.withDevice { device in
                for await status in device.statuses() where status.isReady { break }
            }
        }
    }

    @Test func oneDeviceFileHasOneHolder() async throws {
        try await Wires.file(.device) {
            .file(path: $0)
        } body: { bench in
            try await bench.withDevice { device in
                for await status in device.statuses() where status.isReady { break }
                await #expect(throws: LineError(.busy, "")) { try await bench.address.tryConnection() }
                _ = device
            }
        }
    }

    /// Every case of the suite and of USB's own in one process, one after the other.
    @Test func aUSBReaderBehaves() async throws { try await Self.underEmulatedReaders(["driver"]) }

    /// The program itself, where no device layer runs.
    @Test func theReaderCommandsOpenAUSBReaderThemselves() async throws { try await Self.underEmulatedReaders(["commands"]) }

    /// `ANJUNGAN_PLUG_CYCLES=1000` for as many as the benchmark.
    @Test func aReaderThatIsPluggedInAgainAndAgainIsAlwaysRecognised() async throws {
        try await Self.underEmulatedReaders(["churn", ProcessInfo.processInfo.environment["ANJUNGAN_PLUG_CYCLES"] ?? "60"])
    }

    @Test func pcscdDrivesTheEmulatedReaderAndReadsWhatWeRead() async throws { try await Self.underEmulatedReaders(["judge"]) }

    @Test func theUSBBackendOfCUPSPrintsWhileReadersComeAndGo() async throws {
        try await Self.underEmulatedReaders(["judgeWhileReadersComeAndGo"], program: "printer-conformance")
    }

    private static func underEmulatedReaders(_ names: [String], program: String = "reader-conformance") async throws {
        try await underEmulatedUSB(names, program: program, holder: "ccid_reader.py")
    }

    /// Runs one case in a process of its own, which sees the emulated USB devices and nothing of the real ones.
    private static func underEmulatedUSB(
        _ names: [String], program: String = "printer-conformance", holder: String = "usb_printer.py"
    ) async throws {
        let command = ["/usr/bin/python3", "\(Wires.root)/Tests/Support/USB/\(holder)", "\(Wires.root)/.build/debug/\(program)"]
        let result = try await Subprocess.run(
            .path("/usr/bin/umockdev-wrapper"), arguments: Arguments(command + names),
            environment: .inherit.updating(["ANJUNGAN_USB_BACKEND": Wires.usbBackend]), output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
    }
}

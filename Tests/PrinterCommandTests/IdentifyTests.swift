import DeviceEmulators
import Foundation
import Testing

/// `anjungan printer identify`, with a printer that answers `GS I`.
@Suite(.timeLimit(.minutes(15))) struct IdentifyTests {
    typealias Bench = PrinterBench

    @Test(arguments: [true, false]) func aPrinterThatFitsItsProfileSaysWhatItIs(_ withKiosk: Bool) async throws {
        try await Bench.run { bench in
            let check: @Sendable () async throws -> Void = {
                let identity = try await bench.printer("identify", "--lang", "en")
                #expect(identity.status == 0, "\(identity)")
                #expect(identity.said.contains("Maker: ANJUNGAN\nModel: Anjungan\n"), "\(identity)")
                #expect(identity.said.contains("That fits the profile emulated-80."))
                #expect(identity.said.contains("Models that answer so: emulated-58, emulated-80"))
            }
            if withKiosk { try await bench.withKiosk(check) } else { try await check() }
        }
    }

    @Test func aPrinterOfAnotherModelIsToldWithTheProfileToConfigure() async throws {
        try await Bench.run(model: "epson-tm-t20ii") { bench in
            try await bench.withKiosk {
                let identity = try await bench.printer("identify", "--lang", "en")
                #expect(identity.status == 1, "\(identity)")
                #expect(identity.said.contains("Model: TM-T20II"))
                #expect(identity.said.contains("That does NOT FIT the profile emulated-80."))
                #expect(identity.said.contains("Write into the configuration printer_model: epson-tm-t20ii"))
            }
        }
    }
}

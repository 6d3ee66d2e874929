import DeviceEmulators
import Foundation
import ReaderBench

/// `anjungan reader` opens the readers itself where no device layer runs: the real program, on the emulated bus.
enum Commands {
    static let identifier: [UInt8] = [0x04, 0xA2, 0x3B, 0x11, 0x5C, 0x80, 0x01]

    static func demand() async throws {
        let cable = try ReaderCable(ReaderModel(name: "meja", isPlugged: false))
        cable.model.insert(TagCard(ContactlessTraits(identifier: identifier)))
        try cable.plug()
        let socket = "/tmp/commands-\(UUID().uuidString.prefix(8)).sock"
        defer { try? FileManager.default.removeItem(atPath: "\(socket).lock") }
        for (arguments, wanted) in [
            (["list"], "slot 0: kartu siap"), (["uid"], "04A23B115C8001"), (["atr", "--lang", "en"], "Protocols: T=0, T=1"),
            (["apdu", "FFCA000000"], "< 04 A2 3B 11 5C 80 01  9000  selesai"), (["identify", "--lang", "en"], "ACS ACR122U (acs-acr122u)"),
        ] {
            let said = try await run(["reader"] + arguments + ["--socket", socket])
            guard said.contains(wanted) else { throw ReaderMisbehaviour("\(arguments) said “\(said)”, not “\(wanted)”") }
        }
    }

    private static func run(_ arguments: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "anjungan-full")
        process.arguments = arguments
        let pipe = Pipe()
        // Ours is where the cables answer.
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in
                continuation.resume(returning: String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}

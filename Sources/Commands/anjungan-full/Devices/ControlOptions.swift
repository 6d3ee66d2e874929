import ArgumentParser
import DeviceLayer
import DeviceSocket
import Doctor
import Foundation
import KioskRuntime

/// Which device layer a command asks about its readers and scanners, and in which language it speaks.
struct ControlOptions: ParsableArguments {
    @OptionGroup private var place: ConfigurationOptions

    @Option(help: ArgumentHelp("The control socket; without it control_socket of the configuration.", valueName: "path"))
    var socket: String?

    @Option(help: "The language: id (Indonesian) or en (English).")
    var lang = Language.indonesian

    /// nil on a machine without a kiosk.
    func configuration() throws -> Configuration? {
        guard let file = try? place.file() else { return nil }
        return try Configuration(file: file, overrides: try place.overriding.overrides())
    }

    /// Runs `body` with whoever serves the socket. Where nobody does, `alone` has the devices, and a lock keeps others from them meanwhile.
    /// What goes wrong is said in the technician's language.
    func reach(
        alone: @Sendable (_ socket: String) async throws -> Bool, _ body: @Sendable (any DeviceControlling) async throws -> Bool
    ) async throws {
        // Without a kiosk `devices serve` listens at the same place.
        let path = try socket ?? configuration()?.controlSocket ?? StateFolder.controlSocket
        do {
            if try await !Self.open(path, alone, body) { throw ExitCode.failure }
        } catch let error as ControlError {
            complain("\(error.detail)\n\(lang == .indonesian ? error.next.indonesian : error.next.english)")
            throw ExitCode.failure
        } catch let error as DeviceSocketError {
            complain(error.description)
            throw ExitCode.failure
        }
    }

    private static func open(
        _ path: String, _ alone: @Sendable (_ socket: String) async throws -> Bool,
        _ body: @Sendable (any DeviceControlling) async throws -> Bool
    ) async throws -> Bool {
        do {
            return try await ControlClient(path: path).connected { try await body($0) }
        } catch let error as ControlError where error.code == .away {
            let lock = try DeviceLock(besideSocket: path)
            defer { lock.release() }
            return try await alone(path)
        }
    }
}

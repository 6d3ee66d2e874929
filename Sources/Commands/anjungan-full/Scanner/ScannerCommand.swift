import ArgumentParser
import DeviceLayer
import DeviceSocket
import Doctor
import Foundation
import KioskRuntime

/// `anjungan scanner`: scanners and readers that type, for technicians.
struct ScannerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scanner",
        abstract: "See and try the scanners and the readers that type, with or without a running kiosk.",
        discussion: """
            Asks the program that has them over its control socket. When none runs, the command takes the scanners itself, and a lock keeps \
            that program from starting meanwhile. Exit: 0 all is well, 1 a scanner is not ready or the device layer ended, 64 wrong use.
            """,
        subcommands: [ScannerList.self, ScannerWatch.self])
}

/// Which device layer, and in which language.
struct ScannerOptions: ParsableArguments {
    @OptionGroup private var control: ControlOptions

    /// Runs `body` with the scanners.
    func open(_ body: @escaping @Sendable (any DeviceControlling, ScannerWords) async throws -> Bool) async throws {
        let words = try ScannerWords(control.lang)
        try await control.reach {
            try await ScannerDesk.alone($0) { try await body($0, words) }
        } _: {
            try await body($0, words)
        }
    }
}

/// `anjungan scanner list`.
struct ScannerList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Name every scanner: model, device file, and whether it is ours. Exit 1 when one is not.")

    @OptionGroup var options: ScannerOptions

    @Flag(help: "One JSON array.")
    var json = false

    func run() async throws {
        try await options.open { [json] desk, words in
            guard case .devices(let devices) = try await desk.ask(.list) else { throw ControlError(.unknownVersion, "no list came") }
            let scanners = devices.filter { $0.kind == .scanner }
            if json {
                announce(try words.json(scanners))
            } else {
                for line in words.table(scanners) { announce(line) }
            }
            return scanners.allSatisfy(\.isReady)
        }
    }
}

/// `anjungan scanner watch`.
struct ScannerWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Say how the scanners are now, and a line at every change and every code, until Ctrl-C.",
        discussion: """
            Of a code its kind and length are shown, because it may be personal; --show shows it. What was typed and is no code, such as by \
            a person, is named with the reason.
            """)

    @OptionGroup var options: ScannerOptions

    @Flag(help: "One JSON object a line, as on the control socket.")
    var json = false

    @Flag(help: "Show what was scanned. It may be personal: write it nowhere.")
    var show = false

    func run() async throws {
        try await options.open { [json, show] desk, words in
            for await event in try await desk.events(codes: show) {
                guard let line = words.event(event) else { continue }
                announce(json ? try event.json() : "\(Self.time())  \(line)")
            }
            throw ControlError(.interrupted, "the device layer has ended")
        }
    }

    private static func time() -> String {
        let formatter = DateFormatter()
        formatter.dateFormat = "HH:mm:ss"
        return formatter.string(from: Date())
    }
}

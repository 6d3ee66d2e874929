import ArgumentParser
import DeviceLayer
import Foundation
import SmartCard

/// `anjungan reader apdu`.
struct ReaderAPDU: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apdu", abstract: "Send commands to the card and show its answers, with their status in words.",
        discussion: """
            Each command is octets in hexadecimal digits, with or without blanks: one of the arguments together, or, without any, one in \
            each line of standard input; lines that begin with # are passed over. What a card answers may be personal. Exit 1 when a \
            command was not carried out (SW1-SW2 other than 9000).
            """)

    @OptionGroup var options: ReaderOptions

    @Option(help: "The reader's name; may be left out where there is one.")
    var reader: String?

    @Option(help: "The slot, from 0 on.")
    var slot = 0

    @Argument(help: "The octets of one command.")
    var octets: [String] = []

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() async throws {
        let commands = try commands()
        try await options.open { [self] desk, words in
            let name = try await desk.reader(reader).name
            var isDone = true
            for command in commands {
                guard case .response(let response) = try await desk.ask(.transmit(command, reader: name, slot: slot)) else {
                    throw ControlError(.unknownVersion, "no card's answer came")
                }
                isDone = isDone && response.status == .done
                if json {
                    announce(try words.json(command, response))
                } else {
                    announce("> \(command.spaced)")
                    announce(
                        "< \(response.data.spaced)\(response.data.isEmpty ? "" : "  ")\(response.status)  \(words.status(response.status))")
                }
            }
            return isDone
        }
    }

    private func commands() throws -> [[UInt8]] {
        var lines = [octets.joined(separator: " ")]
        if octets.isEmpty {
            lines = []
            while let line = readLine() { lines.append(line) }
        }
        let wanted = lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard !wanted.isEmpty else { throw ValidationError("No command came, neither as arguments nor on standard input.") }
        return try wanted.map { line in
            guard let command = [UInt8](hexadecimal: line) else {
                throw ValidationError("“\(line)” is no command: write pairs of hexadecimal digits, such as 00 A4 04 00.")
            }
            do throws(APDUError) { _ = try CommandAPDU(decoding: command) } catch { throw ValidationError("“\(line)”: \(error).") }
            return command
        }
    }
}

extension Sequence<UInt8> {
    /// Two digits for each octet, and blanks between.
    var spaced: String { map { [$0].hexadecimal }.joined(separator: " ") }
}

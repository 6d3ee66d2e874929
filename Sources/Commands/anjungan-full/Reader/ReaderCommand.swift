import ArgumentParser
import Conditions
import DeviceLayer
import DeviceProfiles
import Doctor
import ESCPOS
import Foundation
import KioskRuntime
import ProjectFiles
import SmartCard

/// `anjungan reader`: the card readers, for technicians.
struct ReaderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reader",
        abstract: "See, watch and try the card readers, with or without a running kiosk.",
        discussion: """
            Asks the program that has the readers over its control socket. When none runs, the command opens the readers itself, and a \
            lock keeps that program from starting meanwhile. Exit: 0 done, 1 the reader or the card did not do it, 64 wrong use.
            """,
        subcommands: [
            ReaderList.self, ReaderWatch.self, ReaderATR.self, ReaderUID.self, ReaderAPDU.self, ReaderIdentify.self, ReaderPassport.self,
        ])
}

/// Which device layer, and in which language.
struct ReaderOptions: ParsableArguments {
    @OptionGroup private var control: ControlOptions

    var lang: Language { control.lang }

    /// nil on a machine without a kiosk.
    func configuration() throws -> Configuration? { try control.configuration() }

    /// Runs `body` with the readers.
    func open(_ body: @escaping @Sendable (any DeviceControlling, ReaderWords) async throws -> Bool) async throws {
        let words = try ReaderWords(control.lang)
        try await control.reach {
            try await ReaderDesk.alone($0) { try await body($0, words) }
        } _: {
            try await body($0, words)
        }
    }
}

/// Which card.
struct SlotOptions: ParsableArguments {
    @Argument(help: "The reader's name; may be left out where there is one.")
    var name: String?

    @Option(help: "The slot, from 0 on.")
    var slot = 0
}

/// `anjungan reader list`.
struct ReaderList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Name every reader: model, place, whether it is ready, and what each slot holds.")

    @OptionGroup var options: ReaderOptions

    @Flag(help: "One JSON array.")
    var json = false

    func run() async throws {
        try await options.open { [json] desk, words in
            let readers = try await desk.readers()
            if json {
                announce(try words.json(readers))
            } else {
                for line in words.table(readers) { announce(line) }
            }
            return readers.allSatisfy(\.isReady)
        }
    }
}

/// `anjungan reader watch`.
struct ReaderWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Say how the readers are now, and a line at every change and every card, until Ctrl-C.",
        discussion: "A card's number is not shown; `anjungan reader uid` does that.")

    @OptionGroup var options: ReaderOptions

    @Flag(help: "One JSON object a line, as on the control socket.")
    var json = false

    func run() async throws {
        try await options.open { [json] desk, words in
            for await event in try await desk.events() {
                if json {
                    announce(try event.json())
                } else if let line = words.event(event) {
                    announce("\(Self.time())  \(line)")
                }
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

/// `anjungan reader atr`.
struct ReaderATR: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atr", abstract: "Say what the card says of itself when it gets power, octet for octet.")

    @OptionGroup var options: ReaderOptions
    @OptionGroup var card: SlotOptions

    @Option(help: "Explain these octets instead; no reader is needed.")
    var hex: String?

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        if let hex {
            let words = try ReaderWords(options.lang)
            guard let octets = [UInt8](hexadecimal: hex) else { throw ValidationError("--hex takes pairs of hexadecimal digits.") }
            let answer: AnswerToReset
            do throws(ATRError) { answer = try AnswerToReset(decoding: octets) } catch { throw ValidationError("\(error).") }
            return try say(answer, words)
        }
        try await options.open { [self] desk, words in
            let reader = try await desk.reader(card.name)
            guard reader.slots.indices.contains(card.slot) else {
                throw ControlError(.noSlot, "\(reader.name) has \(reader.slots.count) slots")
            }
            let slot = reader.slots[card.slot]
            guard let octets = slot.answerToReset.flatMap({ [UInt8](hexadecimal: $0) }), let answer = try? AnswerToReset(decoding: octets)
            else { throw ControlError(slot.state == .failed ? .unusableCard : .noCard, slot.detail ?? "there is no card") }
            try say(answer, words)
            return true
        }
    }

    private func say(_ answer: AnswerToReset, _ words: ReaderWords) throws {
        if json { return announce(try words.json(answer)) }
        for line in words.explain(answer) { announce(line) }
    }
}

/// `anjungan reader uid`.
struct ReaderUID: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uid", abstract: "Show the number of the card in the field. It is personal: write it nowhere.",
        discussion: "Exit 1 where the card tells none, as cards with contacts do.")

    @OptionGroup var options: ReaderOptions
    @OptionGroup var card: SlotOptions

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        try await options.open { [self] desk, words in
            let reader = try await desk.reader(card.name)
            let command = ControlCommand.transmit(ContactlessCommand.identifier.octets, reader: reader.name, slot: card.slot)
            guard case .response(let response) = try await desk.ask(command), response.status == .done,
                let pointer = CardPointer(response.data)
            else {
                announce(words.noPointer)
                return false
            }
            announce(json ? try words.json(pointer, response.data) : words.pointer(pointer, response.data))
            return true
        }
    }
}

/// `anjungan reader identify`.
struct ReaderIdentify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identify", abstract: "Say what the reader is by its file in Devices/readers, and what it says of itself.")

    @OptionGroup var options: ReaderOptions

    @Argument(help: "The reader's name; may be left out where there is one.")
    var name: String?

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let models = try DeviceProfiles.readers(in: ProjectFolders.find().devices)
        try await options.open { [name, json] desk, words in
            let reader = try await desk.reader(name)
            let known = reader.usb.flatMap(USBIdentity.init).map { models.matching(usb: $0) } ?? []
            let firmware = try await Self.firmware(of: reader, known, desk)
            if json {
                announce(try words.json(reader, known.map(\.id), firmware: firmware))
            } else {
                for line in words.identity(reader, known, firmware: firmware) { announce(line) }
            }
            return true
        }
    }

    /// What the reader answers to the question of its file; nil where it has none, or the reader does not answer it.
    private static func firmware(of reader: DeviceReport, _ models: [ReaderProfile], _ desk: any DeviceControlling) async throws -> String?
    {
        guard reader.isReady, let question = models.compactMap(\.firmware).first else { return nil }
        do throws(ControlError) {
            guard case .octets(let answer) = try await desk.ask(.escape(question.escape, reader: reader.name, slot: 0)) else { return nil }
            let text = answer.dropFirst(question.skip).filter { (0x20...0x7E).contains($0) }
            return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        } catch {
            // A reader that is otherwise well may not know the question.
            guard error.code == .failed || error.code == .timedOut else { throw error }
            return nil
        }
    }
}

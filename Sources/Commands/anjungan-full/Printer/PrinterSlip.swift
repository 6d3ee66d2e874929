import ArgumentParser
import DeviceProfiles
import DeviceSocket
import ESCPOS
import Foundation
import Journal
import KioskRuntime
import PaperTemplates
import ReceiptMarkup
import TicketRaster

/// `anjungan printer test`.
struct PrinterTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Print a test slip, and say honestly whether it came out.",
        discussion: """
            The slip has a ruler of the columns, letters of the code pages, and a code for eyes and scanners. A printer confirms also \
            what nobody can read, on a roll that is reversed or faded: with a running kiosk only the paper shows the code, and \
            `anjungan printer confirm` takes it back. Without a kiosk the code is said here, to be compared; nobody notes that.
            """)

    @OptionGroup var options: PrinterOptions
    @OptionGroup var target: PrintTarget

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let (result, advice) = try await PrinterDesk.open(configuration) { [target] desk in
            let device = try await desk.device(target.name)
            let model = try DeviceProfiles.printer(named: device.model, in: configuration.devicesDirectory)
            let (receipt, advice) = try await Self.slip(of: device, model, at: desk, configuration, words)
            let bytes = try ReceiptEncoder(model: model, renderer: TicketRaster()).encode(receipt.layout(columns: model.columns))
            let print = TechnicianPrint(words: words, patience: target.wait)
            return (try await print.run(bytes, title: "test", on: device.name, at: desk), advice)
        }
        if let failure = result.failure { throw failure }
        announce(advice)
    }

    /// The slip, and what is to be done with it.
    private static func slip(
        of device: DeviceDescription, _ model: PrinterModel, at desk: PrinterDesk, _ configuration: Configuration, _ words: PrinterWords
    ) async throws -> (Receipt, advice: String) {
        switch desk {
        case .kiosk:
            do {
                let order = try await TechnicianClient(socket: configuration.technicianSocket).slip(of: device.name)
                return (Receipt(parsing: order.markup), words.readBack(device.name))
            } catch let away as TechnicianClient.Away {
                complain("\(away)")
            }
        case .own: break
        }
        let code = String((0..<6).map { _ in TestSlip.alphabet[Int.random(in: TestSlip.alphabet.indices)] })
        let slip = TestSlip(printer: device.name, address: device.address, model: model, code: code, isNoted: false)
        return (slip.receipt, words.compare(code))
    }
}

/// `anjungan printer confirm`.
struct PrinterConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Tell the kiosk the code that you have read on the test slip: its roll can be printed on.",
        discussion: """
            The kiosk offers a test slip after every change of the roll until its code was read back. The code also comes as a \
            scanner types it (UJI:K3M9QX). Exit: 0 proven, 1 not, or no kiosk runs.
            """)

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The printer's name.")
    var name: String

    @Argument(help: "The code on the slip; “-” reads a line of standard input, as from a scanner.")
    var code: String

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let read = code == "-" ? readLine() ?? "" : code
        guard read.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("the code is empty; type or scan the one on the slip, such as K3M9QX.")
        }
        let technician = TechnicianClient(socket: configuration.technicianSocket)
        let verdict: SlipVerdict
        do {
            verdict = try await technician.prove(name, code: read).verdict
        } catch let away as TechnicianClient.Away {
            complain("\(away)")
            announce(words.nobodyNotes)
            throw ExitCode.failure
        }
        announce(words.verdict(verdict, on: name))
        if verdict != .proven { throw ExitCode.failure }
    }
}

/// `anjungan printer roll`.
struct PrinterRollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roll", abstract: "Tell the kiosk that a new roll was put in, where no sensor has seen that.",
        discussion: """
            A change with the printer switched off, or before the old roll had ended, is not seen. The kiosk then counts from a full \
            roll, and offers a test slip.
            """)

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The printer's name.")
    var name: String

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        do {
            let roll = try await TechnicianClient(socket: configuration.technicianSocket).renewRoll(of: name)
            announce(words.newRoll(roll, in: name))
        } catch let away as TechnicianClient.Away {
            complain("\(away)")
            announce(words.nobodyNotes)
            throw ExitCode.failure
        }
    }
}

extension PrinterWords {
    fileprivate func readBack(_ name: String) -> String {
        choose(
            "Baca kode pada kertas, lalu: anjungan printer confirm \(name) KODE",
            "Read the code on the paper, then: anjungan printer confirm \(name) CODE")
    }

    fileprivate func compare(_ code: String) -> String {
        choose(
            "Baca kode pada kertas; harus \(code). Tidak ada anjungan yang mencatatnya.",
            "Read the code on the paper; it must be \(code). No kiosk notes that.")
    }

    fileprivate var nobodyNotes: String {
        choose(
            "Tidak dicatat. Nyalakan anjungan dan ulangi; gulungan yang diganti selagi ia mati baru diketahuinya dari Anda.",
            "Nothing was noted. Start the kiosk and repeat this; of a roll that was changed meanwhile it only knows from you.")
    }

    fileprivate func verdict(_ verdict: SlipVerdict, on name: String) -> String {
        switch verdict {
        case .proven: choose("Cocok: gulungan \(name) terbaca.", "That is it: the roll of \(name) can be read.")
        case .otherCode:
            choose(
                "Bukan kode lembar uji terakhir. Baca sekali lagi, atau cetak yang baru: anjungan printer test \(name)",
                "That is not the code of the last test slip. Read it again, or print another: anjungan printer test \(name)")
        case .noSlip:
            choose(
                "Belum ada lembar uji dari gulungan ini. Cetak dahulu: anjungan printer test \(name)",
                "There is no test slip of this roll yet. Print one first: anjungan printer test \(name)")
        }
    }

    fileprivate func newRoll(_ roll: KioskStatus.Roll?, in name: String) -> String {
        let metres = roll?.leftMillimetres.map { " (± \($0 / 1000) m)" } ?? ""
        return choose(
            "Gulungan baru \(name) dicatat\(metres). Pastikan cetakannya terbaca: anjungan printer test \(name)",
            "The new roll of \(name) is noted\(metres). See that it can be read: anjungan printer test \(name)")
    }
}

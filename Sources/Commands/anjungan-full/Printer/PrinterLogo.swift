import ArgumentParser
import Conditions
import DeviceProfiles
import DeviceSocket
import ESCPOS
import Foundation
import KioskRuntime
import ProjectFiles
import ReceiptMarkup
import TicketRaster

/// `anjungan printer logo`.
struct PrinterLogo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logo", abstract: "Put the tickets' logo into the printer's memory, so that no ticket has to carry it.",
        discussion: """
            For `printer_logo: memory`, once for a printer and after a change of logo.png. Memory wears out: what the printer already \
            holds is not written again. A slip then shows the logo, and the printer is asked whether it holds it. It is asked again \
            at every connection; while it does not say so, tickets carry the logo. Exit: 0 it is there, 1 it is not.
            """)

    @OptionGroup var options: PrinterOptions
    @OptionGroup var target: PrintTarget

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        guard configuration.printerLogo == .memory else {
            announce(words.logoNotWanted)
            throw ExitCode.failure
        }
        let isHeld = try await PrinterDesk.open(configuration) { [target] desk in
            let device = try await desk.device(target.name)
            let model = try DeviceProfiles.printer(named: device.model, in: configuration.devicesDirectory)
            guard let logo = try configuration.storedLogo(model) else {
                announce(words.keepsNoLogo(model))
                return false
            }
            if try await desk.holdsLogo(device.name) {
                announce(words.logoIsThere(device.name))
                return true
            }
            // One that is still being asked may hold it already.
            guard device.status.isReady else {
                announce("\(device.name): \(words.state(device.status))")
                return false
            }
            let print = TechnicianPrint(words: words, patience: target.wait)
            guard try await print.run(logo.upload, title: "logo", on: device.name, at: desk).failure == nil else { return false }
            // Printed only after the printer was asked what it holds now; so it shows what tickets will show.
            let slip = try Self.slip(device.name, configuration, model)
            guard try await print.run(slip, title: "logo slip", on: device.name, at: desk).failure == nil else { return false }
            let isHeld = try await desk.holdsLogo(device.name)
            announce(isHeld ? words.logoIsThere(device.name) : words.logoIsMissing(device.name))
            return isHeld
        }
        if !isHeld { throw ExitCode.failure }
    }

    private static func slip(_ name: String, _ configuration: Configuration, _ model: PrinterModel) throws -> [UInt8] {
        let picture = Data(try CommandFiles.read(configuration.logoFile)).base64EncodedString()
        let receipt = Receipt(parsing: "{image:\(picture)}\nLOGO \(ReceiptMarkup.escape(name))\n=")
        return try ReceiptEncoder(model: model, renderer: TicketRaster()).encode(receipt.layout(columns: model.columns))
    }
}

extension PrinterDesk {
    /// Whether the printer says that it holds the logo; false also where nobody asks it.
    fileprivate func holdsLogo(_ name: String) async throws -> Bool {
        try await identity(of: name).answers.contains(DeviceIdentity.Answer(question: "logo", text: "stored"))
    }
}

extension PrinterWords {
    fileprivate var logoNotWanted: String {
        choose(
            "printer_logo bukan memory: setiap tiket membawa logonya. Tulis printer_logo: memory di konfigurasi, mulai ulang anjungan, ulangi.",
            "printer_logo is not memory: each ticket carries its logo. Write printer_logo: memory, start the kiosk again, and repeat this.")
    }

    fileprivate func keepsNoLogo(_ model: PrinterModel) -> String {
        choose(
            "\(model.name) tidak dapat menyebut gambar yang disimpannya, jadi setiap tiket membawa logonya.",
            "\(model.name) cannot say which pictures it holds, so each ticket carries its logo.")
    }

    fileprivate func logoIsThere(_ name: String) -> String {
        choose("Logo ada di memori \(name).", "The logo is in the memory of \(name).")
    }

    fileprivate func logoIsMissing(_ name: String) -> String {
        choose(
            "\(name) tidak menyebut logo ini; tiket tetap membawanya. Bila logo.png atau konfigurasi baru diganti, mulai ulang anjungan.",
            "\(name) does not name this logo; tickets go on carrying it. If logo.png or the configuration was changed, start the kiosk again."
        )
    }
}

import DeviceProfiles
import DeviceSocket
import ESCPOS

/// What a printer says of itself beside its profile, and which profiles it would be.
struct IdentityReport {
    let identity: DeviceIdentity
    /// `GS I 66` and `GS I 67`; nil while it has not said so, or cannot.
    let said: PrinterIdentity?
    /// nil: it has said nothing, or its profile is not known here.
    let fits: Bool?
    /// The models that answer so.
    let named: [PrinterModel]
    /// Vendor and product; nil where it is not on USB.
    let usb: PrinterModel.USBIdentity?
    /// The models that show themselves so on USB.
    let plugged: [PrinterModel]

    init(_ identity: DeviceIdentity, models: [PrinterModel]) {
        self.identity = identity
        func answer(_ question: String) -> String? { identity.answers.first { $0.question == question }?.text }
        let said = answer("model").map { PrinterIdentity(maker: answer("maker") ?? "", model: $0) }
        self.said = said
        fits = said.flatMap { said in models.first { $0.id == identity.device.model }.map(said.fits) }
        named = said.map { models.named($0.model) } ?? []
        let address = identity.device.address
        // usb:VVVV:PPPP, with or without a serial number behind it.
        usb = address.hasPrefix("usb:") ? PrinterModel.USBIdentity(address.dropFirst(4).prefix(9)) : nil
        plugged = usb.map(models.matching) ?? []
    }
}

extension PrinterWords {
    /// What a printer is, one line for each source.
    func identity(_ report: IdentityReport) -> [String] {
        let device = report.identity.device
        var lines = ["\(device.name)  \(device.modelName) (\(device.model))  \(device.address)", state(device.status)]
        lines += report.identity.answers.map { "\(question($0.question)): \(answer($0))" }
        switch report.fits {
        case true?: lines.append(choose("Cocok dengan profil \(device.model).", "That fits the profile \(device.model)."))
        case false?:
            lines.append(
                choose("TIDAK COCOK dengan profil \(device.model).", "That does NOT FIT the profile \(device.model).")
                    + " " + advice(report.named))
        case nil where report.said == nil:
            lines.append(
                choose(
                    "Printer belum menjawab siapa dirinya; yang tertulis di atas berasal dari berkas modelnya.",
                    "The printer has not said what it is; the lines above are from its model's file."))
        case nil:
            lines.append(
                choose("Profil \(device.model) tidak ada di Devices/printers.", "There is no profile \(device.model) in Devices/printers."))
        }
        if report.fits != false, !report.named.isEmpty {
            lines.append(choose("Model yang menjawab begitu: ", "Models that answer so: ") + Self.list(report.named))
        }
        if let usb = report.usb {
            let models = report.plugged.isEmpty ? choose("tidak dikenal", "none known") : Self.list(report.plugged)
            lines.append("USB \(usb): \(models)")
        }
        return lines
    }

    private func advice(_ models: [PrinterModel]) -> String {
        guard !models.isEmpty else {
            return choose(
                "Tidak ada berkas di Devices/printers yang menjawab begitu: buat satu, atau periksa apakah ini printer yang dimaksud.",
                "No file of Devices/printers answers so: add one, or see whether this is the printer that was meant.")
        }
        return choose("Tulis di konfigurasi printer_model: ", "Write into the configuration printer_model: ") + Self.list(models)
    }

    private func question(_ question: String) -> String {
        switch question {
        case "maker": choose("Pembuat", "Maker")
        case "model": "Model"
        case "logo": "Logo"
        case "connection": choose("Sambungan", "Connection")
        case let other: other
        }
    }

    private func answer(_ answer: DeviceIdentity.Answer) -> String {
        switch (answer.question, answer.text) {
        case ("logo", "stored"): choose("ada di memori printer", "in the printer's memory")
        case ("logo", _): choose("tidak ada di memori printer; tiket membawanya", "not in the printer's memory; tickets carry it")
        case (_, let other): other
        }
    }

    private static func list(_ models: [PrinterModel]) -> String { models.map(\.id).joined(separator: ", ") }
}

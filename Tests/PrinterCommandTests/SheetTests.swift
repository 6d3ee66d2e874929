import DeviceEmulators
import Foundation
import KioskCore
import KioskRuntime
import SiteBundle
import Testing

/// `anjungan printer slip` and `anjungan printer sheet`.
@Suite(.timeLimit(.minutes(15))) struct SheetTests {
    typealias Bench = PrinterBench

    /// The words of the last whole sheet, without what laid them out.
    static func words(_ bench: Bench) throws -> String {
        try #require(bench.printer.sheets.last { $0.isCut }).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func writeSite(_ bench: Bench) throws {
        try CompiledSite(try SiteSource.read("pekanbaru", in: "\(Bench.root)/Kiosk/sites")).write(to: "\(bench.folder)/site.json")
    }

    @Test func theSlipSaysWhatARunningKioskKnows() async throws {
        try await Bench.run { bench in
            try await bench.withWholeKiosk { screen in
                let empty = try await bench.printer("slip", "--lang", "en")
                #expect(empty.status == 0 && empty.said.contains("printed: the printer confirmed all of it"), "\(empty)")
                #expect(try Self.words(bench).contains("Cetakan terakhir belum ada hari ini"))
                let script = VisitScript(service: try #require(ServiceKey("dpmptsp/perizinan")), nik: nil, reply: .leave)
                _ = try await VisitRunner(client: ScreenClient(port: screen, patience: .seconds(600))).visit(script)
                #expect(try await bench.printer("slip").status == 0)
                let words = try Self.words(bench)
                for part in [
                    "foreign:", "STATUS PENCETAK", "MPP Pekanbaru, mpp-1", "WIB", "Perangkat ticket", "Model Emulated printer 80 mm",
                    "Alamat tcp:127.0.0.1:\(bench.port)", "Keadaan siap", "Kertas 80 mm, 48 huruf, 576 titik",
                    "Gulungan paling banyak 79 m lagi",
                    "Antrean tidak dipakai (print_route: direct)", "belum di pusat Pusat tidak diatur", "PZA-001 tercetak",
                ] { #expect(words.contains(part), "\(part) in \(words)") }
                #expect(!words.contains("tidak diketahui"))
            }
        }
    }

    @Test func withoutAKioskAndWithoutCupsTheSlipSaysWhatNobodyKnows() async throws {
        try await Bench.run(["cups_server: /nonexistent/cups.sock"]) { bench in
            let slip = try await bench.printer("slip", "--lang", "en", "--set", "print_route=cups")
            #expect(slip.status == 0, "\(slip)")
            #expect(slip.complained.contains("no kiosk runs at") && slip.complained.contains("site.json"))
            let words = try Self.words(bench)
            for part in [
                "pekanbaru, mpp-1", "Keadaan siap", "Gulungan tidak diketahui: anjungan tidak menjawab",
                "Antrean ticket: CUPS tidak menjawab",
                "Jurnal tidak diketahui: anjungan", "Pusat tidak diketahui: anjungan", "Cetakan terakhir tidak diketahui: anjungan",
            ] { #expect(words.contains(part), "\(part) in \(words)") }
        }
    }

    @Test func theDeviceLayerAloneIsNotTakenForAWholeKiosk() async throws {
        try await Bench.run { bench in
            try Self.writeSite(bench)
            try await bench.withKiosk {
                let slip = try await bench.printer("slip", "--lang", "en")
                #expect(slip.status == 0 && slip.complained.contains("no kiosk answers at"), "\(slip)")
                #expect(try Self.words(bench).contains("Gulungan tidak diketahui: anjungan tidak menjawab"))
            }
        }
    }

    @Test func theSheetHoldsWhatTheSiteSaysOfTheService() async throws {
        try await Bench.run { bench in
            try Self.writeSite(bench)
            let sheet = try await bench.printer("sheet", "disdukcapil/ktp-elektronik")
            #expect(sheet.status == 0, "\(sheet)")
            let words = try Self.words(bench)
            for part in [
                "MPP Pekanbaru, Kota Pekanbaru PERSYARATAN Disdukcapil Kota Pekanbaru KTP elektronik",
                "[ ] Kartu Keluarga [ ] Bila hilang:",
                "Biaya Gratis Dasar UU 24/2013 Pasal 79A", "belum dipastikan oleh MPP Pekanbaru.", "Data per 21 November 2026",
            ] { #expect(words.contains(part), "\(part) in \(words)") }
            #expect(!words.contains("Waktu"), "no source tells it")
        }
    }

    @Test(arguments: [
        ("dpmptsp/pbg", 1, "the site does not say what dpmptsp/pbg asks for"),
        ("dpmptsp/skck", 1, "the site has no such service; name one of dpmptsp/perizinan, "), ("skck", 64, "must be AGENCY/SERVICE"),
    ]) func whereNothingIsKnownNothingIsPrinted(_ service: String, _ status: Int32, _ why: String) async throws {
        try await Bench.run { bench in
            try Self.writeSite(bench)
            let sheet = try await bench.printer("sheet", service)
            #expect(sheet.status == status && sheet.complained.contains(why), "\(sheet)")
            #expect(bench.printer.sheets.allSatisfy { $0.lines.isEmpty })
        }
    }
}

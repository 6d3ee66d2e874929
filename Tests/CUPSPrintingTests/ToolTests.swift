import CUPSPrinting
import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import DeviceSocket
import ESCPOS
import Foundation
import PrintBench
import ReceiptMarkup
import Testing

/// CUPS's own command-line tools on a queue of ours, as other programs and technicians use it.
@Suite(.timeLimit(.minutes(15))) struct ToolTests {
    typealias Bench = SchedulerBench

    /// A file of that name with that content, while `body` runs.
    private func withFile(_ name: String, _ content: [UInt8], _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("anjungan-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(content).write(to: file)
        try await body(file.path)
    }

    @Test func lpinfoShowsThePrintersOfTheDeviceLayer() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                var found = try await bench.tool("lpinfo", "-l", "-v")
                // The device layer has just been started.
                while !found.output.contains("escpos:") { found = try await bench.tool("lpinfo", "-l", "-v") }
                #expect(found.status == 0)
                #expect(found.output.contains("uri = escpos:ticket"))
                #expect(found.output.contains("class = direct"))
                #expect(found.output.contains("make-and-model = Bench"))
                #expect(found.output.contains("127.0.0.1:"))
            }
        }
    }

    @Test func withoutADeviceLayerLpinfoShowsNoneAndSaysNoError() async throws {
        try await Bench.run { bench, _ in
            let found = try await bench.tool("lpinfo", "-v")
            #expect(found.status == 0)
            #expect(!found.output.contains("escpos:"))
        }
    }

    @Test func lpPrintsAReceiptFile() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                try await withFile("loket.receipt", Array("Retribusi | Rp 5.000\n^^^Lunas\n".utf8)) { file in
                    try await bench.succeed("lp", "-d", "ticket", file)
                    let sheet = await bench.sheet(1)
                    #expect(sheet.isCut)
                    #expect(sheet.text.contains("Retribusi") && sheet.text.contains("Rp 5.000") && sheet.text.contains("Lunas"))
                    let begun = await bench.ledger.begins
                    #expect(begun.count == 1 && begun.allSatisfy(\.isForeign))
                }
            }
        }
    }

    @Test func aDeviceCommandInAReceiptFileOfSomebodyIsIgnored() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                try await withFile("buka-laci.receipt", Array(#"{command:\x1bp\x00\x19\xfa}"#.utf8) + Array("\nDua\n".utf8)) { file in
                    try await bench.succeed("lp", "-d", "ticket", file)
                    let lines = await bench.sheet(1).lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
                    #expect(lines == ["Dua"])
                }
            }
        }
    }

    @Test func lpPrintsEveryCopyOfAText() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                try await withFile("catatan.txt", Array("satu\n  dua | {x}\n".utf8)) { file in
                    try await bench.succeed("lp", "-d", "ticket", "-n", "2", file)
                    for number in 1...2 {
                        #expect(await bench.sheet(number).lines.filter { !$0.isEmpty } == ["satu", "  dua | {x}"])
                    }
                }
            }
        }
    }

    @Test func lpPrintsThePagesOfAPDFAsWideAsThePaperWithoutTheirWhiteEnd() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                // A black bar over the whole width, 100 of 842 points from the top of each page, 20 points tall.
                try await withFile("bar.pdf", PDF.pages(2, width: 204, height: 842, draw: "0 722 204 20 re f")) { file in
                    try await bench.succeed("lp", "-d", "ticket", file)
                    let sheet = await bench.sheet(1)
                    let picture = try #require(sheet.picture)
                    let black = (0..<picture.height).filter { row in (0..<576).allSatisfy { picture.isBlack($0, row) } }
                    // 576 dots for 204 points: 20 points are 56 rows, twice, each after 100 points of white; the first sheet
                    // begins with the paper between head and knife.
                    #expect((108...116).contains(black.count), "\(black.count) black rows")
                    let first = try #require(black.first)
                    #expect((380...420).contains(first))
                    #expect(sheet.rows < 1000, "the white end of 842 points would be more than 2000 rows a page")
                    #expect(bench.printer.sheets.filter(\.isCut).count == 1)
                }
            }
        }
    }

    @Test func lpPrintsAPNG() async throws {
        let logo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Kiosk/templates/logo.png")
        let png = try [UInt8](Data(contentsOf: logo))
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                try await withFile("logo.png", png) { file in
                    try await bench.succeed("lp", "-d", "ticket", file)
                    let picture = try #require(await bench.sheet(1).picture)
                    let dots = (0..<picture.height).map { row in (0..<picture.width).count { picture.isBlack($0, row) } }.reduce(0, +)
                    #expect(dots > 1000)
                }
            }
        }
    }

    /// Made by poppler from a page with a bar: a JPEG that nobody here wrote.
    @Test func lpPrintsAJPEG() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                try await withFile("bar.pdf", PDF.pages(1, width: 204, height: 100, draw: "0 40 204 20 re f")) { pdf in
                    let root = String(pdf.dropLast(4))
                    let made = try await ToolResult.of("pdftoppm", ["-jpeg", "-singlefile", pdf, root], server: "")
                    #expect(made.status == 0, "\(made.output)")
                    try await bench.succeed("lp", "-d", "ticket", "\(root).jpg")
                    let picture = try #require(await bench.sheet(1).picture)
                    let black = (0..<picture.height).count { row in (0..<576).allSatisfy { picture.isBlack($0, row) } }
                    // 576 dots for 204 points: 20 points are 56 rows; the edges of a JPEG are soft.
                    #expect((50...60).contains(black), "\(black) black rows")
                }
            }
        }
    }

    @Test func cancelEndsAJobInItsFilter() async throws {
        try await Bench.run { bench, _ in
            let program = "\(bench.scheduler.directory)/bin/filter/pdftoppm"
            try Data("#!/bin/sh\necho $$ > \"$TMPDIR/maker\"; exec sleep 1000\n".utf8).write(to: URL(filePath: program))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            try await bench.withDeviceLayer { _ in
                try await withFile("lambat.pdf", PDF.pages(1, width: 204, height: 100, draw: "0 40 204 20 re f")) { file in
                    try await bench.succeed("lp", "-d", "ticket", file)
                    let pid = try await Self.pid(in: "\(bench.scheduler.spool)/tmp/maker")
                    let maker = try WatchedProcess(pid)
                    try await bench.succeed("cancel", "ticket-1")
                    try await bench.until(1, is: .canceled)
                    await maker.end()
                    #expect(await bench.ledger.begins.isEmpty)
                    let next = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                    try await bench.until(next, is: .completed)
                    #expect(bench.printed == [BenchPrinter.id(1).rawValue])
                }
            }
        }
    }

    /// What a program has written there of itself, once it has.
    private static func pid(in file: String) async throws -> pid_t {
        while true {
            if let text = try? String(contentsOfFile: file, encoding: .utf8), text.hasSuffix("\n"), let pid = pid_t(text.dropLast()) {
                return pid
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func theDescriptionOfEveryModelPassesTheTestOfCUPS() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "ppd-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: root) }
        // It wants to see the filter, and in whose hands that is.
        let filters = root.appending(path: "usr/lib/cups/filter")
        try FileManager.default.createDirectory(at: filters, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: try BuiltProgram.path("escpos-filter"), toPath: filters.appending(path: QueueDescription.filter).path)
        let models = try DeviceProfiles.printers(in: Bench.devices)
        #expect(models.count > 50)
        let files = try models.map { model in
            let file = root.appending(path: "\(model.id).ppd")
            try Data(QueueDescription(model).ppd.utf8).write(to: file)
            return file.path
        }
        let result = try await ToolResult.of("cupstestppd", ["-q", "-R", root.path] + files, server: "")
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func aBrokenPDFIsAbortedAndPrintsNothing() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { _ in
                try await withFile("rusak.pdf", Array("%PDF-1.4\nnothing".utf8)) { file in
                    try await bench.succeed("lp", "-d", "ticket", file)
                    while try await bench.spooler.jobs().first?.state.isFinished != true { try await Task.sleep(for: .milliseconds(10)) }
                    let states = try await bench.spooler.jobs().map(\.state)
                    #expect(states == [.aborted])
                    #expect(bench.printer.sheets.allSatisfy { $0.lines.isEmpty })
                    #expect(await bench.ledger.begins.isEmpty)
                }
            }
        }
    }

    @Test func aFileOfAnUnknownKindIsRefused() async throws {
        try await Bench.run { bench, _ in
            try await withFile("program.bin", [0x7F, 0x45, 0x4C, 0x46, 0, 1, 2, 3]) { file in
                let sent = try await bench.tool("lp", "-d", "ticket", file)
                #expect(sent.status != 0, "\(sent.output)")
            }
        }
    }

    @Test func cancelWithdrawsAPrintFromThePrinter() async throws {
        try await Bench.run(holding: true) { bench, _ in
            try await bench.withDeviceLayer { device in
                let results = device.results()
                let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1, lines: 60))
                await bench.stopMidSheet()
                try await bench.succeed("cancel", "ticket-\(job)")
                #expect(await results.first { _ in true }?.1.reason == .printCancelled)
                try await bench.until(job, is: .canceled)
            }
        }
    }

    @Test func cancelEndsAJobWhileTheDeviceLayerIsAway() async throws {
        try await Bench.run { bench, cupsd in
            let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
            try await bench.untilQueue { $0.contains("connecting-to-device") }
            try await bench.succeed("cancel", "ticket-\(job)")
            try await bench.until(job, is: .canceled)
            while try !cupsd.backends().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        }
    }
}

/// PDF files made by hand.
enum PDF {
    /// `draw` is the content of every page; sizes in points.
    static func pages(_ count: Int, width: Int, height: Int, draw: String) -> [UInt8] {
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        func object(_ body: String) {
            offsets.append(file.utf8.count)
            file += "\(offsets.count) 0 obj\n\(body)\nendobj\n"
        }
        object("<< /Type /Catalog /Pages 2 0 R >>")
        object("<< /Type /Pages /Count \(count) /Kids [\((0..<count).map { "\($0 + 4) 0 R" }.joined(separator: " "))] >>")
        object("<< /Length \(draw.utf8.count) >>\nstream\n\(draw)\nendstream")
        for _ in 0..<count {
            object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Contents 3 0 R /Resources << >> >>")
        }
        let table = file.utf8.count
        file += "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        file += "trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return Array(file.utf8)
    }
}

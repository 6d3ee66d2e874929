import DeviceEmulators
import ESCPOS
import Foundation
import Logging
import LoopbackWeb
import Testing

/// What the paper page's server says, read as an independent client reads it.
@Suite(.timeLimit(.minutes(15))) struct PaperPageTests {
    struct Reply {
        var status: Int
        var body: [UInt8]
    }

    struct Paper: Decodable {
        struct Sheet: Decodable {
            var text: String?
            var printID: String?
            var codes: [String]?
            var millimetres: Double
            var cut: Bool
            var startedAt: String
            var finishedAt: String?

            enum CodingKeys: String, CodingKey {
                case text, codes, millimetres, cut
                case printID = "print_id"
                case startedAt = "started_at"
                case finishedAt = "finished_at"
            }
        }
        struct Printer: Decodable {
            var state: String
            var faults: [String]
            var metresLeft: Double

            enum CodingKeys: String, CodingKey {
                case state, faults
                case metresLeft = "metres_left"
            }
        }
        struct Event: Decodable {
            var event: String
            var sheet: Int?
        }
        var sheets: [Sheet]
        var printer: Printer
        var events: [Event]?
    }

    static func request(_ method: String, _ path: String, _ address: ListenAddress, headers: [String] = []) async throws -> Reply {
        let host = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: \(address)"]
        let lines = ["\(method) \(path) HTTP/1.1"] + host + ["Connection: close", "Content-Length: 0"] + headers
        let bytes = try await Wire.connect(to: address) { wire in
            try await wire.send(bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
            return await wire.receiveAll()
        }
        let all = Data(bytes)
        let end = try #require(all.firstRange(of: Data("\r\n\r\n".utf8)))
        let status = try #require(
            String(decoding: all[..<end.lowerBound], as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return Reply(status: status, body: Array(all[end.upperBound...]))
    }

    static func expect(_ status: Int, _ method: String, _ path: String, _ address: ListenAddress, headers: [String] = []) async throws {
        let reply = try await request(method, path, address, headers: headers)
        #expect(reply.status == status, "\(method) \(path)")
    }

    static func paper(_ address: ListenAddress) async throws -> Paper {
        try JSONDecoder().decode(Paper.self, from: Data(try await request("GET", "/paper.json", address).body))
    }

    static func withPage(
        _ body: @escaping @Sendable (EmulatedPrinter, ListenAddress, ListenAddress) async throws -> Void
    ) async throws {
        try await withPrinter {
            $0.paper = ListenAddress(port: 0)
        } _: { printer, addresses in
            try await body(printer, addresses.printer, try #require(addresses.paper))
        }
    }

    static func printTicket(_ address: ListenAddress) async throws {
        try await Wire.connect(to: address) { wire in
            try await wire.send(
                .words("01KAJ5Z8QF7W3M9V2X4T6B8C0D.1"), .lineFeed, .qrStore(Array("KLAIM".utf8)), .qrPrint, .feedLines(3), .knife, .proof)
            #expect(try await wire.receive(7) == PrinterAnswer.proof.bytes)
        }
    }

    @Test func paperJSONSaysWhatReallyCameOut() async throws {
        try await Self.withPage { _, printer, page in
            try await Self.printTicket(printer)
            let paper = try await Self.paper(page)
            let sheet = try #require(paper.sheets.first)
            #expect(paper.sheets.count == 1)
            #expect(sheet.text == "01KAJ5Z8QF7W3M9V2X4T6B8C0D.1")
            #expect(sheet.printID == "01KAJ5Z8QF7W3M9V2X4T6B8C0D.1")
            #expect(sheet.codes == ["KLAIM"])
            #expect(sheet.cut)
            #expect(sheet.millimetres == 22.875)
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            let started = try style.parse(sheet.startedAt)
            let finished = try style.parse(try #require(sheet.finishedAt))
            #expect(started <= finished)
            #expect(paper.events?.filter { $0.sheet == 1 }.map(\.event) == ["sheet-started", "sheet-finished"])
            #expect(paper.printer.state == "ready")
        }
    }

    @Test func whatIsNotKnownYetIsNull() async throws {
        try await Self.withPage { printer, address, page in
            try await Wire.connect(to: address) { wire in try await wire.send(.words("A"), .lineFeed) }
            await printer.wait { $0.runningSheet?.text == "A" }
            let json = String(decoding: try await Self.request("GET", "/paper.json", page).body, as: UTF8.self)
            #expect(json.contains("\"print_id\":null"))
            #expect(json.contains("\"finished_at\":null"))
        }
    }

    @Test func thePictureIsAPNGWithAndWithoutPaper() async throws {
        try await Self.withPage { _, printer, page in
            let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            let empty = try await Self.request("GET", "/paper.png", page).body
            #expect(empty.starts(with: signature))
            try await Self.printTicket(printer)
            let picture = try await Self.request("GET", "/paper.png", page).body
            #expect(picture.starts(with: signature))
            // Width and height stand in the header: margins, the sheet of 183 rows, its caption.
            let size = Array(picture[16..<24])
            #expect(size == [0, 0, 2, 160, 0, 0, 1, 33])
        }
    }

    @Test func theDotsOfASheetAreServedFromTheRowThatIsAskedFor() async throws {
        try await Self.withPage { _, printer, page in
            try await Self.printTicket(printer)
            let all = try await Self.request("GET", "/sheets/1/dots", page).body
            // The text, the code and what the knife leaves: 30 + 63 + 90 rows of 72 bytes.
            #expect(all.count == 183 * 72)
            let tail = try await Self.request("GET", "/sheets/1/dots?from=90", page).body
            #expect(tail == Array(all.dropFirst(90 * 72)))
            let beyond = try await Self.request("GET", "/sheets/1/dots?from=100000", page).body
            #expect(beyond.isEmpty)
            try await Self.expect(404, "GET", "/sheets/7/dots", page)
        }
    }

    @Test func handsSwitchFaultsAndLoadRolls() async throws {
        try await Self.withPage { printer, _, page in
            try await Self.expect(204, "POST", "/faults/paper-out/on", page)
            let without = try await Self.paper(page).printer
            #expect(without.faults == ["paper-out"])
            #expect(without.state == "paper-out")
            try await Self.expect(204, "POST", "/roll/new?metres=12", page)
            let with = try await Self.paper(page).printer
            #expect(with.faults == [])
            #expect(with.metresLeft == 12)
            try await Self.expect(400, "POST", "/roll/new?metres=-1", page)
            try await Self.expect(404, "POST", "/faults/nonsense/on", page)
            try await Self.expect(404, "POST", "/faults/hang/maybe", page)
            #expect(printer.look { $0.isHung } == false)
        }
    }

    @Test func thePageHasAButtonForEveryFault() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Kiosk/paper/paper.js")
        let script = try String(contentsOf: page, encoding: .utf8)
        #expect(PrinterFault.allCases.filter { !script.contains("\n    [\"\($0.rawValue)\", ") } == [])
    }

    @Test func noOtherSiteTouchesThePrinterOrReadsItsPaper() async throws {
        try await Self.withPage { printer, _, page in
            let foreign = ["Origin: http://example.org"]
            try await Self.expect(403, "POST", "/faults/hang/on", page, headers: foreign)
            try await Self.expect(403, "POST", "/faults/hang/on", page, headers: ["Origin: null"])
            #expect(printer.look { $0.isHung } == false)
            try await Self.expect(403, "GET", "/paper.json", page, headers: ["Host: example.org:\(page.port)"])
            try await Self.expect(204, "POST", "/faults/hang/on", page, headers: ["Origin: http://\(page)"])
            #expect(printer.look { $0.isHung })
        }
    }

    @Test func theEventStreamTellsTheStateAtOnceAndEveryChange() async throws {
        try await Self.withPage { printer, _, page in
            try await Wire.connect(to: page) { wire in
                try await wire.send(bytes: Array("GET /events HTTP/1.1\r\nHost: \(page)\r\n\r\n".utf8))
                var heard = ""
                for (state, isOpen) in [("ready", false), ("cover-open", true), ("ready", false)] {
                    heard = ""
                    printer.set(.coverOpen, isOpen)
                    while !heard.contains("\"state\":\"\(state)\""), let byte = try await wire.receive(1).first {
                        heard.append(Character(Unicode.Scalar(byte)))
                    }
                    #expect(heard.contains("\"state\":\"\(state)\""))
                }
            }
        }
    }

    @Test func thePageIsServedFromItsDirectory() async throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let directory = project.appending(path: "Kiosk/paper").path(percentEncoded: false)
        try await withPrinter {
            $0.paper = ListenAddress(port: 0)
            $0.pageDirectory = directory
        } _: { _, addresses in
            let page = try #require(addresses.paper)
            let index = try await Self.request("GET", "/", page)
            #expect(index.status == 200)
            #expect(String(decoding: index.body, as: UTF8.self).contains("/paper.js"))
            for file in ["paper.css", "paper.js", "strip.js", "icon.svg"] {
                try await Self.expect(200, "GET", "/\(file)", page)
            }
            try await Self.expect(404, "GET", "/../conditions.yaml", page)
        }
    }

    @Test(arguments: [
        (ListenAddress(host: "0.0.0.0", port: 0), nil, EmulatorError.Code.notLoopback),
        (ListenAddress(port: 0), "/nowhere", EmulatorError.Code.pageMissing),
    ])
    func aPageThatCannotBeServedStopsTheStart(_ paper: ListenAddress, _ directory: String?, _ code: EmulatorError.Code) async throws {
        let printer = EmulatedPrinter(
            model: .test, configuration: .init(paper: paper, pageDirectory: directory), renderer: BlockRenderer(),
            logger: Logger(label: "test"))
        await #expect(throws: EmulatorError(code, "")) { try await printer.run() }
    }

    @Test func aPaperPortInUseIsNamed() async throws {
        try await Self.withPage { _, _, page in
            let second = EmulatedPrinter(
                model: .test, configuration: .init(paper: page), renderer: BlockRenderer(), logger: Logger(label: "test"))
            let error = await #expect(throws: EmulatorError.self) { try await second.run() }
            #expect(error?.code == .portInUse)
            #expect(error?.detail.contains("--paper") == true)
        }
    }
}

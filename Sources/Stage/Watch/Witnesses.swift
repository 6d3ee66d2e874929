import AsyncHTTPClient
import FoundationEssentials
import HTTPTypes
import KioskRuntime
import NIOCore
import NIOHTTP1
import SyncProtocol

/// The kiosk's own word.
protocol KioskVoice: Sendable {
    @concurrent func account() async throws -> KioskAccount
}

extension TechnicianClient: KioskVoice {
    @concurrent func account() async throws -> KioskAccount {
        let before = try await status()
        let tickets = try await tickets()
        let after = try await status()
        return KioskAccount(
            status: after, tickets: tickets,
            isWhole: before.day == after.day && before.lane?.sequence == after.lane?.sequence)
    }
}

/// Asks a page of this machine.
struct LoopbackDesk: Sendable {
    let port: Int

    /// Why a page did not answer as it should.
    struct Unanswered: Error, CustomStringConvertible {
        var description: String
    }

    private static let patience = TimeAmount.seconds(1)
    /// More than ten thousand sheets.
    private static let mostBytes = 32 << 20

    var url: String { "http://127.0.0.1:\(port)/" }

    @concurrent func get(_ path: String) async throws -> [UInt8] {
        try await ask(HTTPClientRequest(url: url + path))
    }

    @concurrent func post(_ path: String, _ body: String? = nil) async throws {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        _ = try await ask(request)
    }

    private func ask(_ request: HTTPClientRequest) async throws -> [UInt8] {
        var request = request
        // A connection that is kept is a dead one after `kill -9`, and one more that a program which ends has to wait for.
        request.headers.replaceOrAdd(name: "Connection", value: "close")
        let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
        let body = try await response.body.collect(upTo: Self.mostBytes)
        guard (200..<300).contains(response.status.code) else {
            throw Unanswered(
                description: "\(request.url) answers \(response.status): \(String(buffer: body))")
        }
        return Array(buffer: body)
    }

    /// Lines of server-sent events (HTML standard, clause 9.2), without their `data: `.
    @concurrent func events(_ path: String, _ isEnough: @Sendable ([UInt8]) throws -> Bool)
        async throws
    {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: url + path), timeout: .hours(1))
        var line: [UInt8] = []
        for try await buffer in response.body {
            for byte in buffer.readableBytesView {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                if line.starts(with: Array("data: ".utf8)), try isEnough(Array(line.dropFirst(6))) {
                    return
                }
                line.removeAll(keepingCapacity: true)
            }
        }
        throw Unanswered(description: "\(url)\(path) ended")
    }
}

/// The emulated printer's page: what came out, and hands to lay on it.
struct PaperDesk: Sendable {
    let desk: LoopbackDesk

    @concurrent func account() async throws -> PaperAccount {
        try Self.decode(try await desk.get("paper.json"))
    }

    @concurrent func set(_ fault: String, _ on: Bool) async throws {
        try await desk.post("faults/\(fault)/\(on ? "on" : "off")")
    }

    /// Holds a card to the emulated reader.
    @concurrent func tap(_ card: String) async throws { try await desk.post("cards/\(card)") }

    /// Shows the emulated scanner a code.
    @concurrent func show(_ code: String) async throws { try await desk.post("codes", code) }

    /// Returns as soon as a sheet is being printed.
    @concurrent func waitUntilPrinting() async throws {
        try await desk.events("events") { text in
            let glance: PaperAccount = try Self.decode(text)
            return glance.printer.state == "printing"
        }
    }

    private static func decode(_ json: [UInt8]) throws -> PaperAccount {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(PaperAccount.self, from: Data(json))
    }
}

/// The centre's report.
struct CentreDesk: Sendable {
    let desk: LoopbackDesk

    /// That it answered, and what of the day.
    struct Answer: Sendable {
        var report: DayReport?
    }

    /// The report of `day`; without a day only whether the centre is there.
    @concurrent func answer(day: String?) async throws -> Answer {
        let bytes = try await desk.get(day.map { "v1/report?day=\($0)" } ?? "")
        return Answer(
            report: try day.map { _ in try JSONDecoder().decode(DayReport.self, from: Data(bytes)) })
    }
}

import Conditions
import DeviceEmulators
import Dispatch
import Glibc
import KioskCore
import SyncProtocol
import Synchronization
import Testing

@testable import KioskRuntime

@Suite struct KioskTests {
    @Test(.timeLimit(.minutes(15))) func aVisitEndsWhileTheSpoolerIsAwayAndNothingComesOutAfterwards() async throws {
        try await KioskBench.run(["cups_server: /nonexistent/cups.sock"]) { kiosk in
            let trouble = try await kiosk.visit(until: .trouble, then: .done)
            #expect(trouble.notice?.code == ConditionCode.spoolerAway.rawValue)
            #expect(trouble.screen.number != nil)
            let status = try await kiosk.technician.status()
            #expect(status.tickets == TicketCounts(issued: 1, screen: 1))
            #expect(status.printer.spooler == .spoolerAway)
            #expect(kiosk.printer.sheets.allSatisfy { !$0.text.contains("Berlaku") })
        }
    }

    @Test(.timeLimit(.minutes(15))) func theTechnicianSocketTellsHowTheKioskIs() async throws {
        try await KioskBench.run(["print_route: direct"]) { kiosk in
            #expect(try await kiosk.visit().outcome == .printed)
            let status = try await kiosk.technician.status()
            #expect(status.site == "pekanbaru")
            #expect(status.kiosk == "mpp-1")
            #expect(status.tickets == TicketCounts(issued: 1, printed: 1))
            #expect(status.printer.isReady)
            #expect(status.centre == KioskStatus.Centre(url: nil, condition: nil, detail: nil, answeredAt: nil))
            #expect(status.journal.refusal == nil)
            let lane = try #require(status.journal.lanes.first { $0.lane == "transactions" })
            #expect(lane.sequence >= 3)
            #expect(lane.waiting == lane.sequence)
            let tickets = try await kiosk.technician.tickets()
            #expect(tickets.map(\.number) == ["PZA-001"])
            #expect(tickets.first?.prints.map(\.outcome) == [.printed])
            let found = try await kiosk.technician.verify()
            #expect(found.fault == nil)
            #expect(found.entries >= lane.sequence)
            #expect(found.synchronous >= 2)
            #expect(found.journalMode == "wal")
            #expect(found.commitMilliseconds > 0)
        }
    }

    /// A browser keeps connections that it may need again, and some on which it never asks for anything.
    @Test(.timeLimit(.minutes(15))) func aKioskEndsThoughBrowsersKeepConnections() async throws {
        let idle = Mutex<[CInt]>([])
        defer { for connection in idle.withLock({ $0 }) { close(connection) } }
        try await KioskBench.run(["print_route: direct"]) { kiosk in
            let silent = try Self.connect(to: kiosk.screenPort)
            let served = try Self.connect(to: kiosk.screenPort)
            idle.withLock { $0 = [silent, served] }
            let request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(kiosk.screenPort)\r\n\r\n"
            #expect(send(served, request, request.utf8.count, 0) == request.utf8.count)
            // Not on the pool's few threads, which the kiosk needs to answer.
            let received = await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    var answer = [UInt8](repeating: 0, count: 4096)
                    continuation.resume(returning: recv(served, &answer, answer.count, 0))
                }
            }
            #expect(received > 0)
        }
    }

    private static func connect(to port: Int) throws -> CInt {
        let connection = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return connection
    }

    @Test func whereNoKioskRunsTheTechnicianIsToldWhatToDo() async throws {
        let client = TechnicianClient(socket: "/nonexistent/technician.sock")
        await #expect {
            _ = try await client.status()
        } throws: { "\($0)".contains("/nonexistent/technician.sock") && "\($0)".contains("anjungan run") }
    }
}

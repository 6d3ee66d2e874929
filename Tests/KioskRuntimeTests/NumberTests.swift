import KioskCore
import NIOCore
import NIOPosix
import SyncProtocol
import SyncTransport
import Testing

@testable import KioskRuntime

@Suite(.timeLimit(.minutes(15))) struct NumberTests {
    @Test func withACentreNumbersComeFromItAndWithoutItFromTheReserve() async throws {
        let url = try await KioskBench.withCentre { _, port in
            let url = "http://127.0.0.1:\(port)/"
            try await KioskBench.run(["print_route: direct", "centre_url: \(url)", "number_wait: 60000"]) { kiosk in
                try await expect(kiosk, "PZ-001")
                // A kiosk of the same mall draws from the same series.
                let other = NumberRequest(
                    site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-2")!, epoch: Epoch(octets: [UInt8](repeating: 1, count: 16))!,
                    id: LeaseID(octets: [UInt8](repeating: 1, count: 16))!, prefix: "PZ", day: ServiceDay(.now, in: .jakarta))
                let client = CentreClient(url: url)
                #expect(try await client.lease(other).ordinal == 2)
                try await client.close()
                try await expect(kiosk, "PZ-003")
            }
            return url
        }
        try await KioskBench.run(["print_route: direct", "centre_url: \(url)"]) { kiosk in
            try await expect(kiosk, "PZA-001")
        }
    }

    @Test func aCentreThatTakesEverythingAndSaysNothingKeepsNobodyWaiting() async throws {
        let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(silent.localAddress?.port)
        try await KioskBench.run(["print_route: direct", "centre_url: http://127.0.0.1:\(port)/"]) { kiosk in
            try await expect(kiosk, "PZA-001")
            try await expect(kiosk, "PZA-002")
        }
        try await silent.close()
    }

    private func expect(_ kiosk: KioskBench, _ number: String) async throws {
        let ending = try await kiosk.visit()
        #expect(ending.number == number)
    }
}

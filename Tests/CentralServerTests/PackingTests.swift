import Foundation
import KioskCore
import SyncProtocol
import SyncTransport
import Testing

@testable import CentralServer

/// Batches on thin lines: packed where the centre says that it unpacks, and only there.
@Suite(.timeLimit(.minutes(15))) struct PackingTests {
    @Test func whatIsPackedIsUnpackedAndNeverBeyondTheLimit() throws {
        var kiosk = SampleKiosk()
        for ticket in 1...160 { kiosk.visit(ticket) }
        let octets = kiosk.whole.octets
        let packed = try #require(Deflate.pack(octets))
        print("packing: \(octets.count) octets of \(kiosk.entries.count) entries into \(packed.count)")
        #expect(packed.count < octets.count / 2)
        #expect(try Deflate.unpack(packed, limit: octets.count) == octets)
        #expect(throws: Deflate.Failure.tooLarge) { try Deflate.unpack(packed, limit: octets.count - 1) }
        #expect(throws: Deflate.Failure.damaged) { try Deflate.unpack(Array(packed.dropLast(4)), limit: 10 * octets.count) }
        #expect(throws: Deflate.Failure.damaged) { try Deflate.unpack(octets, limit: octets.count) }
        let bomb = try #require(Deflate.pack([UInt8](repeating: 0, count: 50_000_000)))
        #expect(throws: Deflate.Failure.tooLarge) { try Deflate.unpack(bomb, limit: Batch.readLimit) }
        #expect(Deflate.pack([]) == nil)
        #expect(Deflate.pack([1, 2, 3]) == nil)
    }

    @Test func aClientPacksOnceItWasToldSo() async throws {
        try await WebTests.withCentre { _, address in
            var kiosk = SampleKiosk()
            for ticket in 1...20 { kiosk.visit(ticket) }
            let centre = CentreClient(url: "http://\(address)/")
            let first = try await centre.send(kiosk.batch(1...30))
            #expect(first.encodings == [Deflate.name])
            #expect(try await centre.send(kiosk.batch(31...60)).position == kiosk.head)
            try await centre.close()
        }
    }

    @Test func aPackedBatchIsTakenAndADamagedOrUnknownOneIsRefused() async throws {
        try await WebTests.withCentre { _, address in
            var kiosk = SampleKiosk()
            for ticket in 1...20 { kiosk.visit(ticket) }
            let packed = try #require(Deflate.pack(kiosk.whole.octets))
            let send = { (coding: String, body: [UInt8]) in
                try await request("POST", "/v1/entries", address, headers: ["Content-Encoding: \(coding)"], body: body)
            }
            #expect(try await send("deflate", packed).decoded(Acknowledgement.self).position == kiosk.head)
            #expect(try await send("deflate", Array(packed.dropLast())).status == 400)
            #expect(try await send("br", packed).status == 400)
            let bomb = try #require(Deflate.pack([UInt8](repeating: 0, count: 50_000_000)))
            #expect(try await send("deflate", bomb).status == 413)
        }
    }
}

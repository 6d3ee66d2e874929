import CardLookup
import Enrolment
import Foundation
import KioskCore
import Secrets
import SyncProtocol
import SyncTransport
import Testing

@testable import CentralServer

/// Cards as whoever runs a centre enrols them, and as kiosks ask about them through its door.
@Suite(.serialized, .timeLimit(.minutes(15))) struct CardProcessTests {
    static let nik = "1471114101900001"
    static let number = "045A31B21C6480"

    private static func run(_ arguments: [String], _ bench: Bench, typing lines: String? = nil) throws -> (
        status: CInt, output: String, errors: String
    ) {
        let result = try CentreProcess.run(["card"] + arguments + ["--store", bench.folder], typing: lines)
        for secret in [Self.nik, Self.number, Self.number.lowercased(), "08112233"] {
            #expect(!result.output.contains(secret) && !result.errors.contains(secret), "\(arguments) says what is personal")
        }
        return result
    }

    @Test func cardsAreEnrolledFromStandardInputAndListedBehindDots() throws {
        let bench = Bench()
        let lines =
            "\(Self.number) \(Self.nik)\n\n08112233 \(Self.nik)\n04:11:22:33, 1471112502880007\nxyz \(Self.nik)\n\(Self.number) 12\n1234567890"
        let mixed = try Self.run(["enroll", "pekanbaru"], bench, typing: lines)
        #expect(mixed.status == 1)
        #expect(mixed.output == "line 1: enrolled\nline 4: enrolled; its number has four octets, keep it like the NIK\n")
        for (line, why) in [(3, "new number at each tap"), (5, "does not begin with a card's number"), (6, "wrong length"), (7, "1 words")]
        {
            #expect(
                mixed.errors.contains { $0.isNewline }
                    && mixed.errors.split(separator: "\n").contains { $0.hasPrefix("line \(line) ") && $0.contains(why) }, "\(mixed.errors)"
            )
        }
        let again = try Self.run(["enroll", "pekanbaru"], bench, typing: "\(Self.number) \(Self.nik)\n\(Self.number) 1471112502880007")
        #expect(again.output == "line 1: enrolled already\n" && again.errors.contains("points to somebody else"))
        let list = try Self.run(["list"], bench)
        #expect(list.output.contains("pekanbaru  ••••••••••••0001") && list.output.contains("four octets: can be guessed"))
        #expect(try Self.run(["renew-key"], bench).output == "2 cards are hashed under a new key\n")
        let removed = try Self.run(["remove", "pekanbaru"], bench, typing: "\(Self.number)\n\(Self.number)")
        #expect(removed.output == "line 1: removed\nline 2: was not enrolled\n")
    }

    @Test func anEnrolledKioskIsAnsweredAndNobodyElse() async throws {
        let bench = Bench()
        _ = try Self.run(["enroll", "pekanbaru"], bench, typing: "\(Self.number) \(Self.nik)")
        let log = "\(bench.folder)-log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let centre = try CentreProcess(
            store: bench.folder, more: ["--log-level", "trace"], tls: true, within: ["/bin/sh", "-c", "exec \"$@\" 2>\(log)", "centre"])
        let url = "https://\(try #require(centre.door))/"
        let code = try CentreProcess.run(["enroll", "pekanbaru", "mpp-1", "--store", bench.folder])
        let keys = "\(bench.folder)/kiosk-keys"
        let name = try #require(DeviceName("pekanbaru/mpp-1"))
        _ = try await EnrolmentClient(url: url).enrol(try EnrolmentCode(String(code.output.prefix { $0 != "\n" })), name, folder: keys)
        let client = CentreClient(url: url, credentials: Credentials(folder: keys))
        let stranger = CentreClient(url: url, credentials: Credentials(folder: "\(bench.folder)/no-keys"))
        do {
            let sealing = try String(contentsOfFile: DeviceIdentity.sealingKeyFile(folder: keys), encoding: .utf8)
            func inquiry(_ kiosk: String = "mpp-1") throws -> CardInquiry {
                try CardInquiry(about: CardRegisterTests.card, by: KioskID(kiosk)!, of: CardRegisterTests.pekanbaru, to: sealing)
            }
            let mine = try inquiry()
            #expect(try mine.open(try await client.lookUp(mine.question)) == Secret(Self.nik.utf8))
            await #expect { try await client.lookUp(try inquiry("mpp-2").question) } throws: { "\($0)".contains("asked about a card as") }
            await #expect(throws: SyncMachine.Failure.self) { try await stranger.lookUp(try inquiry().question) }
            var asked = 1
            var pause: Duration?
            while pause == nil, asked < 40 {
                do throws(SyncMachine.Failure) {
                    _ = try await client.lookUp(mine.question)
                    asked += 1
                } catch {
                    guard case .busy(_, let retryAfter, _) = error else { throw error }
                    pause = retryAfter
                }
            }
            #expect(asked >= Int(LookupLimit.burst) && asked < 40, "\(asked) questions were answered")
            #expect(pause.map { (.seconds(1)...(.seconds(5))).contains($0) } == true)
            _ = try CentreProcess.run(["revoke", "pekanbaru/mpp-1", "--store", bench.folder])
            await #expect { try await client.lookUp(mine.question) } throws: { "\($0)".contains("certificate-revoked") }
        } catch {
            Issue.record(error)
        }
        try await client.close()
        try await stranger.close()
        #expect(centre.stop() == 0)
        let words = try String(contentsOfFile: log, encoding: .utf8)
        #expect(words.contains("kiosk=pekanbaru/mpp-1 result=known") && words.contains("result=too often"))
        for secret in [Self.nik, Self.number, Self.number.lowercased(), "BFoxshxkgA"] {
            #expect(!words.contains(secret), "the log holds \(secret)")
        }
    }
}

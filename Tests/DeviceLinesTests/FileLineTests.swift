import Foundation
import Testing

@testable import DeviceLines

@Suite(.timeLimit(.minutes(15))) struct FileLineTests {
    /// How an attempt to open `path` ends.
    private static func refusal(_ path: String, _ serial: SerialSettings? = nil) async -> LineError? {
        let line = FileLine(path: path, serial: serial)
        defer { line.end() }
        let (news, report) = AsyncStream.makeStream(of: LineNews.self)
        line.connect(after: .zero) { report.yield($0) }
        for await item in news { if case .disconnected(let error) = item { return error } else { return nil } }
        return nil
    }

    @Test func aDeviceThatIsNotThereIsNamed() async {
        let error = await Self.refusal("/dev/no-such-printer")
        #expect(error?.code == .notThere)
        #expect(error?.detail.contains("/dev/no-such-printer") == true)
    }

    @Test func aFileIsNoDevice() async throws {
        let path = NSTemporaryDirectory() + "line-\(UUID().uuidString)"
        try Data().write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(await Self.refusal(path)?.code == .unsuitable)
    }

    @Test func aCharacterDeviceIsNoSerialLineByThat() async {
        #expect(await Self.refusal("/dev/null", SerialSettings())?.code == .unsuitable)
    }
}

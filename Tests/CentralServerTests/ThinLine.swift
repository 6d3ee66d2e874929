import Foundation
import Testing

/// Two networks of their own, and between them a line that is slow and loses packets: real TCP, no cable.
///
/// Nothing is left of it once this is gone, also when the test's process was killed: a network lives as long as a process in it, and
/// those end with our pipes. Needs root.
final class ThinLine {
    /// One end: a process that does nothing but keep its network alive.
    private final class End {
        private let process = Process()
        private let (input, output) = (Pipe(), Pipe())
        var pid: String { "\(process.processIdentifier)" }

        init() throws {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
            process.arguments = ["-n", "sh", "-c", "ip link set lo up && echo up && exec cat"]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            try input.fileHandleForReading.close()
            try output.fileHandleForWriting.close()
            let word = output.fileHandleForReading.availableData
            try #require(word == Data("up\n".utf8), "a network of its own needs root: \(String(decoding: word, as: UTF8.self))")
        }

        deinit {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
    }

    private let (kiosk, centre): (End, End)
    /// Of the centre, at the other end of the line.
    static let host = "10.77.0.1"

    /// - Parameters:
    ///   - kilobits: a second, in each direction.
    ///   - loss: percent of the packets, in each direction.
    init(kilobits: Int, loss: Int) throws {
        (kiosk, centre) = (try End(), try End())
        try Self.shell("ip link add line netns \(kiosk.pid) type veth peer name line netns \(centre.pid)", [])
        for (end, address) in [(kiosk, "10.77.0.2"), (centre, Self.host)] {
            try Self.shell(
                """
                ip addr add \(address)/30 dev line && ip link set line up &&
                tc qdisc add dev line root tbf rate \(kilobits)kbit burst 1600 limit 16000 &&
                nft add table inet line && nft 'add chain inet line in { type filter hook input priority 0; }' &&
                nft 'add rule inet line in iif "line" numgen random mod 100 < \(loss) drop'
                """, Self.entering(end))
        }
    }

    private static func entering(_ end: End) -> [String] { ["/usr/bin/nsenter", "-t", end.pid, "-n"] }
    /// Before a command, to run it at that end of the line.
    var atKiosk: [String] { Self.entering(kiosk) }
    var atCentre: [String] { Self.entering(centre) }

    private static func shell(_ script: String, _ before: [String]) throws {
        let run = try CentreProcess.run((before + ["/bin/sh", "-c", script]).dropFirst().map { $0 }, of: before.first ?? "/bin/sh")
        try #require(run.status == 0, "\(script): \(run.errors)")
    }
}

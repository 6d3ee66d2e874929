import Foundation
import Subprocess
import SystemPackage
import Testing

/// What udev itself makes of the committed rules, on emulated devices beside Debian's own rules.
@Suite(.timeLimit(.minutes(2))) struct UdevadmTests {
    /// As `Tests/Support/USB/udev_rules.py` says it.
    struct Node: Decodable {
        var device: String
        var group: String
        var mode: String
        var links: [String]
        var isForWhoeverSitsHere: Bool
        var isIgnoredByScreen: Bool
        var complaints: [String]

        var isOurs: Bool { group == "anjungan" }
    }

    private static func nodes() async throws -> [String: Node] {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let run = try await Subprocess.run(
            .name("unshare"),
            arguments: [
                "--mount", "umockdev-wrapper", "/usr/bin/python3", "\(root)/Tests/Support/USB/udev_rules.py",
                "\(root)/udev/71-anjungan.rules",
            ], output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        try #require(run.terminationStatus.isSuccess, "\(run.standardError)")
        let lines = run.standardOutput.split(separator: "\n")
        let nodes = try lines.map { try JSONDecoder().decode(Node.self, from: Data($0.utf8)) }
        return Dictionary(uniqueKeysWithValues: nodes.map { ($0.device, $0) })
    }

    @Test func everyListedDeviceIsTheGroupsAloneUnderAStableNameAndNoOtherIs() async throws {
        let nodes = try await Self.nodes()
        let ours = [
            "reader": "reader-1-1", "reader in a keyboard": "reader-1-2", "printer": "printer-1-6", "printer's lp": "lp-1-6",
            "wedge": "wedge-1-1.1", "wedge's mouse": "wedge-other-1-1.1", "POS scanner": "pos-scanner-1-1.3",
        ]
        let others = [
            "unlisted reader", "the same maker's keyboard", "a stick with a reader's identity", "stick", "emulated reader",
            "wedge's USB node", "keyboard's USB node", "keyboard", "keyboard's hidraw", "POS scanner's USB node",
            "scanner in keyboard mode", "hidraw of a scanner in keyboard mode",
        ]
        #expect(Set(nodes.keys) == Set(ours.keys).union(others))
        for (name, link) in ours {
            let node = try #require(nodes[name])
            #expect(node.isOurs && node.mode == "0660" && node.links == ["/dev/anjungan/\(link)"], "\(node)")
            #expect(!node.isForWhoeverSitsHere, "\(name): the browser's user would get it")
        }
        for name in others {
            let node = try #require(nodes[name])
            #expect(!node.isOurs && node.mode != "0660" && node.links.isEmpty && !node.isIgnoredByScreen, "\(node)")
        }
        #expect(nodes.values.flatMap(\.complaints) == [])
        // Debian gives card readers to whoever sits at the screen, so the rules have something to take away.
        #expect(nodes["unlisted reader"]?.isForWhoeverSitsHere == true)
        #expect(nodes.values.filter(\.isIgnoredByScreen).map(\.device).sorted() == ["wedge", "wedge's mouse"])
    }
}

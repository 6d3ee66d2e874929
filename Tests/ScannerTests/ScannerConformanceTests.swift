import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import scanner_conformance

/// The scanners' driver on emulated devices; each case in a process of its own, which sees those and none of the real ones.
@Suite(.timeLimit(.minutes(2))) struct ScannerConformanceTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    @Test(arguments: ScannerBehaviour.allCases) func aScannerBehaves(_ behaviour: ScannerBehaviour) async throws {
        let result = try await Subprocess.run(
            .path("/usr/bin/umockdev-wrapper"),
            arguments: [
                "/usr/bin/python3", "-B", "\(Self.root)/Tests/Support/USB/usb_scanners.py", "\(Self.root)/.build/debug/scanner-conformance",
                behaviour.rawValue,
            ], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
    }
}

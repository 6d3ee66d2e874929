import DeviceLayer
import Foundation
import Logging

/// `scanner-conformance NAME`: one behaviour, on devices that `usb_scanners.py` plugs in. Ends with 0, or says on standard error what was
/// wrong and ends with 1.
@main struct Main {
    static func main() async {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        do {
            guard let behaviour = ScannerBehaviour(rawValue: name) else { throw Misbehaviour("there is no behaviour “\(name)”") }
            let scanners = try Scanners(
                models: behaviour.models, logger: Logger(label: "scanners") { StreamLogHandler.standardError(label: $0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await scanners.run() }
                var bench = USBBench(scanners)
                try await behaviour.demand(of: &bench)
                group.cancelAll()
                try await group.waitForAll()
                if behaviour == .atTheEndAllAreFree {
                    try require(try USBBench.say("grabbed w") == "no", "it is still taken")
                }
            }
        } catch {
            FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            exit(1)
        }
    }
}

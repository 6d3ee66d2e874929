import DeviceEmulators
import Foundation
import ReaderBench
import SmartCard
import USBTransport

/// `reader-conformance NAME…`: behaviours of the conformance suite, USB's own cases, `driver` for all of both, `judge`, or `churn COUNT`, on
/// readers that `ccid_reader.py` plugs in. Ends with 0, or says on standard error what was wrong and ends with 1.
@main struct Main {
    static func main() async {
        var names = CommandLine.arguments.dropFirst().map(\.self)
        if names == ["driver"] { names = ReaderBehaviour.allCases.map(\.rawValue) + ReaderPeculiarity.allCases.map(\.rawValue) }
        var failures = 0
        while !names.isEmpty {
            let name = names.removeFirst()
            // A case that waits for ever says which it is.
            let watch = DispatchSource.makeTimerSource()
            watch.schedule(deadline: .now() + .seconds(60))
            watch.setEventHandler {
                complain("\(name): it waits for ever")
                PCSCDaemon.abandon()
                exit(1)
            }
            watch.resume()
            let begin = ContinuousClock.now
            do {
                if let behaviour = ReaderBehaviour(rawValue: name) {
                    try await behaviour.demand(of: Self.table)
                } else if let peculiarity = ReaderPeculiarity(rawValue: name) {
                    try await peculiarity.demand()
                } else if name == "judge" {
                    try await Judge.hear()
                } else if name == "commands" {
                    try await Commands.demand()
                } else if name == "churn", let count = names.first.flatMap({ Int($0) }) {
                    names.removeFirst()
                    try await Churn.demand(count)
                } else {
                    throw ReaderMisbehaviour("there is no behaviour “\(name)”")
                }
                try ReaderCable.clear()
                complain("\(name): \(ContinuousClock.now - begin)")
            } catch {
                complain("\(name): FAILED: \(error)")
                failures += 1
                try? ReaderCable.clear()
            }
            watch.cancel()
        }
        exit(failures == 0 ? 0 : 1)
    }

    /// A reader on the emulated bus.
    @Sendable static func table(_ description: ReaderDescription, _ hasNotices: Bool) throws -> ReaderTable {
        let cable = try ReaderCable(ReaderModel(description: description, hasNotices: hasNotices, isPlugged: false))
        try cable.plug()
        return ReaderTable(cable.model, USBReaderPorts(), plug: { try cable.plug() }, unplug: { try cable.unplug() })
    }
}

/// For whoever reads the test's output.
func complain(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

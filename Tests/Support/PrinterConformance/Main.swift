import DeviceEmulators
import DeviceLayer
import Foundation
import LoopbackWeb
import PrintBench
import ReaderBench
import TransportConformance

/// `printer-conformance NAME`: one behaviour of the conformance suite, one of the USB's own cases, or `judge`, on a printer that
/// `usb_printer.py` plugs in, or under `ccid_reader.py` `judgeWhileReadersComeAndGo`. Ends with 0, or says on standard error what was wrong and ends with 1.
@main struct Main {
    static func main() async {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        do {
            let printer = BenchPrinter.emulated()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await printer.run() }
                let port = try await printer.addresses().printer.port
                if let behaviour = TransportBehaviour(rawValue: name) {
                    try Cable.say("port \(port)")
                    let bench = ConformanceBench(
                        printer: printer, address: .usb(Cable.printer), unplug: { try Cable.say("unplug") }, plug: { try Cable.say("plug") }
                    )
                    try await behaviour.demand(of: bench)
                } else if let peculiarity = USBPeculiarity(rawValue: name) {
                    try await peculiarity.demand(of: printer, port: port)
                } else if name == "judge" {
                    try Cable.say("port \(port)")
                    try await Judge.hear(printer)
                } else if name == "judgeWhileReadersComeAndGo" {
                    try ReaderCable.say("printer port \(port)")
                    try await Judge.hearWhileReadersComeAndGo(printer)
                } else {
                    throw Misbehaviour("there is no behaviour “\(name)”")
                }
                group.cancelAll()
            }
        } catch {
            FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            exit(1)
        }
    }
}

import Foundation
import Synchronization

/// A verifier for tests: it has no reader, and says by its contract, or against it, what its arguments tell it.
///
///     emulated-verifier [--nik NIK | --refuse | --documents PIPE] [--fault FAULT [--once FILE]]
///
/// With `--nik` every request is answered with that number; with `--refuse` it is refused; with `--documents` each line of a named pipe, a
/// NIK and a name, is a document that is presented; else nobody presents anything. A fault is one of
/// `silent` (no hello), `other` (another version), `garbage`, `endless` (a line without an end), `crash` (on the first request), `deaf` (no
/// pong, no end of a request), `unready`, `double` (ends a request twice). `--once FILE` has it for the first start only, which makes FILE.
@main
enum EmulatedVerifier {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var (nik, fault, isRefusing, documents) = (String?.none, "", false, String?.none)
        while !arguments.isEmpty {
            switch arguments.removeFirst() {
            case "--nik": nik = arguments.removeFirst()
            case "--refuse": isRefusing = true
            case "--documents": documents = arguments.removeFirst()
            case "--fault": fault = arguments.removeFirst()
            case "--once":
                let file = arguments.removeFirst()
                if FileManager.default.fileExists(atPath: file) {
                    fault = ""
                } else {
                    _ = FileManager.default.createFile(atPath: file, contents: nil)
                }
            case let other: fatalError("unknown argument \(other)")
            }
        }
        let program = Program(nik: nik, fault: fault, isRefusing: isRefusing)
        if let documents { Thread.detachNewThread { program.present(documents) } }
        program.run()
    }
}

/// The request that a document may end.
final class OpenRequest: Sendable {
    let request = Mutex<Int?>(nil)
}

struct Program: Sendable {
    private let open = OpenRequest()
    let nik: String?
    let fault: String
    let isRefusing: Bool

    init(nik: String?, fault: String, isRefusing: Bool) {
        self.nik = nik
        self.fault = fault
        self.isRefusing = isRefusing
    }

    private struct Word: Decodable {
        var type: String
        var request: Int?
        var number: Int?
        var seconds: Int?
    }

    func run() {
        while let line = readLine() {
            guard let word = try? JSONDecoder().decode(Word.self, from: Data(line.utf8)) else { continue }
            switch (word.type, fault) {
            case ("hello", "silent"): break
            case ("hello", "garbage"): say("pembaca siap")
            case ("hello", "endless"): while true { write(String(repeating: "x", count: 1000)) }
            case ("hello", _):
                say(
                    #"{"type":"hello","protocol":\#(fault == "other" ? 2 : 1),"name":"emulated","version":"1.0","maker":{"name":["a\"b",1.5e3,null]}}"#
                )
                say(fault == "unready" ? #"{"type":"status","ready":false,"reason":"SAM is missing"}"# : #"{"type":"status","ready":true}"#)
            case ("verify", "crash"): exit(7)
            case (_, "deaf"): break
            case ("verify", _): verify(word.request ?? 0, seconds: word.seconds ?? 0)
            case ("cancel", _): end(word.request ?? 0)
            case ("ping", _): say(#"{"type":"pong","number":\#(word.number ?? 0)}"#)
            case _: break
            }
        }
    }

    private func verify(_ request: Int, seconds: Int) {
        if let nik {
            say(#"{"name":"BUDI","nik":"\#(nik)","request":\#(request),"type":"verified"}"#)
            if fault == "double" { say(#"{"type":"ended","request":\#(request)}"#) }
        } else if isRefusing {
            say(#"{"type":"refused","request":\#(request),"reason":"not genuine"}"#)
        } else {
            open.request.withLock { $0 = request }
            say(#"{"type":"present","request":\#(request)}"#)
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: Double(seconds))
                end(request)
            }
        }
    }

    /// Ends a request that is open still.
    private func end(_ request: Int) {
        let isOpen = open.request.withLock { open in
            defer { if open == request { open = nil } }
            return open == request
        }
        if isOpen { say(#"{"type":"ended","request":\#(request)}"#) }
    }

    /// Every line that is written into the pipe is a document; one that nobody asks for lies there until somebody does.
    func present(_ pipe: String) {
        // For writing, too, so that it does not end with its first writer.
        guard let file = fopen(pipe, "r+") else { return }
        var line: UnsafeMutablePointer<CChar>?
        var room = 0
        while getline(&line, &room, file) > 0, let line {
            let words = String(cString: line).split(whereSeparator: \.isNewline).joined().split(separator: " ", maxSplits: 1)
            var request: Int?
            while request == nil {
                request = open.request.withLock { request in
                    defer { request = nil }
                    return request
                }
                if request == nil { usleep(20_000) }
            }
            say(#"{"name":"\#(words.last ?? "")","nik":"\#(words.first ?? "")","request":\#(request ?? 0),"type":"verified"}"#)
        }
    }

    private func say(_ line: String) { write(line + "\n") }
    private func write(_ text: String) {
        do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch { exit(1) }
    }
}

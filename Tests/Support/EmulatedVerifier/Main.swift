import Foundation

/// A verifier for tests: it has no reader, and says by its contract, or against it, what its arguments tell it.
///
///     emulated-verifier [--nik NIK] [--refuse] [--once FILE FAULT] …
///
/// With `--nik` every request is answered with that number; with `--refuse` it is refused; else nobody presents anything. A fault is one of
/// `silent` (no hello), `other` (another version), `garbage`, `endless` (a line without an end), `crash` (on the first request), `deaf` (no
/// pong, no end of a request), `unready`, `double` (ends a request twice). `--once FILE` has it for the first start only, which makes FILE.
@main
enum EmulatedVerifier {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var (nik, fault, isRefusing) = (String?.none, "", false)
        while !arguments.isEmpty {
            switch arguments.removeFirst() {
            case "--nik": nik = arguments.removeFirst()
            case "--refuse": isRefusing = true
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
        Program(nik: nik, fault: fault, isRefusing: isRefusing).run()
    }
}

struct Program {
    let nik: String?
    let fault: String
    let isRefusing: Bool

    private struct Word: Decodable {
        var type: String
        var request: Int?
        var number: Int?
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
            case ("verify", _): verify(word.request ?? 0)
            case ("cancel", _): say(#"{"type":"ended","request":\#(word.request ?? 0)}"#)
            case ("ping", _): say(#"{"type":"pong","number":\#(word.number ?? 0)}"#)
            case _: break
            }
        }
    }

    private func verify(_ request: Int) {
        if let nik {
            say(#"{"name":"BUDI","nik":"\#(nik)","request":\#(request),"type":"verified"}"#)
            if fault == "double" { say(#"{"type":"ended","request":\#(request)}"#) }
        } else if isRefusing {
            say(#"{"type":"refused","request":\#(request),"reason":"not genuine"}"#)
        } else {
            say(#"{"type":"present","request":\#(request)}"#)
        }
    }

    private func say(_ line: String) { write(line + "\n") }
    private func write(_ text: String) {
        do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch { exit(1) }
    }
}

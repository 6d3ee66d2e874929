import Foundation
import Glibc
import Secrets
import VerifierContract

/// Holds a verifier's program to its contract: see `Sources/VerifierContract/README.md`.
///
///     verifier-conformance [--document] PROGRAM [ARGUMENT…]
///
/// Prints one line for each check; ends with 1 at the first that does not hold. With `--document` somebody presents one when asked to.
@main
enum VerifierConformance {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        var arguments = Array(CommandLine.arguments.dropFirst())
        let hasDocument = arguments.first == "--document"
        if hasDocument { arguments.removeFirst() }
        guard let program = arguments.first, program.hasPrefix("/") || FileManager.default.isExecutableFile(atPath: program) else {
            print("usage: verifier-conformance [--document] PROGRAM [ARGUMENT…]")
            exit(2)
        }
        do throws(Broken) {
            try Judge(program, Array(arguments.dropFirst())).judge(hasDocument: hasDocument)
        } catch {
            print("FAIL \(error.sentence)")
            exit(1)
        }
        print("every check held")
    }
}

/// A rule that does not hold, as a sentence.
struct Broken: Error {
    var sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// Speaks to a program as a kiosk does.
struct Judge {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ program: String, _ arguments: [String]) throws(Broken) {
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            try output.fileHandleForWriting.close()
            try input.fileHandleForReading.close()
        } catch {
            throw Broken("\(program) cannot be started: \(error)")
        }
    }

    func judge(hasDocument: Bool) throws(Broken) {
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        try say(.hello)
        guard case .hello(VerifierProtocol.version, let name, let version) = try next(10, "a hello") else {
            throw Broken("its first line is no hello of version \(VerifierProtocol.version)")
        }
        passed("hello of \(name) \(version), version \(VerifierProtocol.version) of the contract")
        try untilReady()
        try sayRaw(#"{"type":"a-later-version","of":{"the":["contract"]}}"#)
        try ping(1)
        passed("an unknown type is ignored, a ping is answered")
        try say(.verify(request: 2, seconds: VerifierProtocol.requestSeconds))
        try ping(3)
        passed("a ping is answered while a request is open")
        try say(.cancel(request: 2))
        try expectEnd(of: 2, within: 3)
        passed("a cancelled request ends once, in time")
        try say(.cancel(request: 2))
        try ping(4)
        passed("a late cancel is ignored")
        try say(.verify(request: 5, seconds: 2))
        try expectEnd(of: 5, within: 5)
        passed("a request that nobody serves ends by itself")
        if hasDocument { try askForDocument() }
        try leave()
    }

    private func untilReady() throws(Broken) {
        while true {
            switch try next(60, "the word that it is ready") {
            case .status(true, _): return passed("it is ready")
            case .status(false, let reason): print("     not ready yet: \(reason)")
            case .other: break
            case let word: throw Broken("it said \(word) before anything was asked")
            }
        }
    }

    private func ping(_ number: Int) throws(Broken) {
        try say(.ping(number))
        while true {
            switch try next(10, "a pong") {
            case .pong(number): return
            case .present, .status, .other: break
            case let word: throw Broken("it said \(word) where a pong was due")
            }
        }
    }

    /// A document that lies there already may still be read.
    private func expectEnd(of request: Int, within seconds: Double) throws(Broken) {
        while true {
            switch try next(seconds, "the end of request \(request)") {
            case .ended(request), .refused(request, _), .verified(request, _): return
            case .present(request), .status, .other: break
            case let word: throw Broken("it said \(word) where the end of request \(request) was due")
            }
        }
    }

    private func askForDocument() throws(Broken) {
        print("     present a document now")
        try say(.verify(request: 6, seconds: VerifierProtocol.requestSeconds))
        while true {
            switch try next(Double(VerifierProtocol.requestSeconds) + 3, "what became of the document") {
            case .verified(6, let nik): return passed("a document was verified: \(nik)")
            case .refused(6, let reason): return passed("a document was refused: \(reason)")
            case .present(6), .status, .other: break
            case let word: throw Broken("it said \(word) where a document was due")
            }
        }
    }

    private func leave() throws(Broken) {
        do { try input.fileHandleForWriting.close() } catch { throw Broken("its input cannot be closed: \(error)") }
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            process.waitUntilExit()
            ended.signal()
        }
        guard ended.wait(timeout: .now() + 3) == .success else { throw Broken("it does not end within 3 s when its input does") }
        passed("it ends when its input does")
    }

    // MARK: Lines

    private func say(_ word: HostWord) throws(Broken) { try write(word.line) }
    private func sayRaw(_ line: String) throws(Broken) { try write(Array((line + "\n").utf8)) }

    private func write(_ octets: [UInt8]) throws(Broken) {
        do { try input.fileHandleForWriting.write(contentsOf: octets) } catch { throw Broken("it has closed its input or ended") }
    }

    /// The next line, octet by octet: speed is nothing here.
    private func next(_ seconds: Double, _ what: String) throws(Broken) -> VerifierWord {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var line: [UInt8] = []
        var descriptor = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = deadline.timeIntervalSinceNow
            guard left > 0, poll(&descriptor, 1, CInt(left * 1000) + 1) > 0 else {
                throw Broken("\(what) did not come within \(seconds) s")
            }
            var octet: UInt8 = 0
            guard read(descriptor.fd, &octet, 1) == 1 else { throw Broken("it ended where \(what) was due") }
            guard octet == UInt8(ascii: "\n") else {
                line.append(octet)
                guard line.count <= VerifierProtocol.longestLine else {
                    throw Broken("a line has more than \(VerifierProtocol.longestLine) octets")
                }
                continue
            }
            do throws(VerifierWord.Garbled) {
                return try line.withUnsafeBufferPointer { line throws(VerifierWord.Garbled) in try VerifierWord(decoding: line) }
            } catch {
                throw Broken("it broke the contract: \(error.reason)")
            }
        }
    }

    private func passed(_ check: String) { print("ok   \(check)") }
}

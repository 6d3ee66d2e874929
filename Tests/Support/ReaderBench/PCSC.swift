import Dispatch
import Foundation
import Glibc
import Synchronization

/// Debian's PC/SC library, loaded while the program runs: only the judge and the benchmark want it.
///
/// Every call blocks. Source: pcsclite.h and winscard.h of PCSC lite 1.9; `DWORD` is as long as a pointer.
public final class PCSC {
    fileprivate typealias Establish = @convention(c) (UInt, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeMutablePointer<Int>) -> Int
    fileprivate typealias List =
        @convention(c) (Int, UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<UInt>) -> Int
    fileprivate typealias Connect =
        @convention(c) (
            Int, UnsafePointer<CChar>, UInt, UInt, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UInt>
        ) -> Int
    fileprivate typealias Transmit =
        @convention(c) (
            Int, UnsafeRawPointer, UnsafePointer<UInt8>, UInt, UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>,
            UnsafeMutablePointer<UInt>
        ) -> Int
    fileprivate typealias Status =
        @convention(c) (
            Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<UInt>?, UnsafeMutablePointer<UInt>?, UnsafeMutablePointer<UInt>?,
            UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt>
        ) -> Int
    fileprivate typealias Change = @convention(c) (Int, UInt, UnsafeMutableRawPointer, UInt) -> Int
    fileprivate typealias Disconnect = @convention(c) (Int, UInt) -> Int
    fileprivate typealias Release = @convention(c) (Int) -> Int

    private let library: UnsafeMutableRawPointer
    private var context = 0

    /// Connects to the daemon. - Throws: ``ReaderMisbehaviour`` where the library or the daemon is missing.
    public init() throws {
        guard let library = dlopen("libpcsclite.so.1", RTLD_NOW) else {
            throw ReaderMisbehaviour("libpcsclite.so.1 is missing; install libpcsclite1")
        }
        self.library = library
        let code = try symbol("SCardEstablishContext", as: Establish.self)(2, nil, nil, &context)
        try Self.check(code, "SCardEstablishContext")
    }

    private func symbol<Function>(_ name: String, as: Function.Type) throws -> Function {
        guard let pointer = dlsym(library, name) else { throw ReaderMisbehaviour("libpcsclite has no \(name)") }
        return unsafeBitCast(pointer, to: Function.self)
    }

    fileprivate static func check(_ code: Int, _ name: String) throws {
        if code != 0 { throw ReaderMisbehaviour("\(name): \(String(UInt32(truncatingIfNeeded: code), radix: 16))") }
    }

    public func close() throws { try Self.check(symbol("SCardReleaseContext", as: Release.self)(context), "SCardReleaseContext") }

    /// The names of the readers; none where there is none.
    public func readers() throws -> [String] {
        var length: UInt = 4096
        var buffer = [CChar](repeating: 0, count: Int(length))
        let code = try symbol("SCardListReaders", as: List.self)(context, nil, &buffer, &length)
        // SCARD_E_NO_READERS_AVAILABLE.
        if UInt32(truncatingIfNeeded: code) == 0x8010_002E { return [] }
        try Self.check(code, "SCardListReaders")
        return buffer.prefix(Int(length)).split(separator: 0).map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
    }

    /// Until the reader's state has (or has not) this bit: 10h empty, 20h present, 8h unavailable.
    public func wait(_ reader: String, state wanted: UInt) throws {
        let change = try symbol("SCardGetStatusChange", as: Change.self)
        try reader.withCString { name in
            // SCARD_READERSTATE: name, user data, current state, event state, length of the ATR, 33 octets of it.
            let record = UnsafeMutableRawPointer.allocate(byteCount: 80, alignment: 8)
            defer { record.deallocate() }
            memset(record, 0, 80)
            record.storeBytes(of: name, as: UnsafePointer<CChar>.self)
            while true {
                let code = change(context, 10_000, record, 1)
                try Self.check(code, "SCardGetStatusChange")
                let state = record.load(fromByteOffset: 24, as: UInt.self)
                if state & wanted != 0 { return }
                record.storeBytes(of: state & ~2, toByteOffset: 16, as: UInt.self)
            }
        }
    }

    /// Waits until a reader comes (`isThere`) or the last one goes.
    public func waitForReaders(_ isThere: Bool) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try readers().isEmpty == isThere {
            if ContinuousClock.now > deadline { throw ReaderMisbehaviour("pcscd does not see that a reader \(isThere ? "came" : "went")") }
            // Its own notification misses what happens between the question and the wait.
            usleep(2000)
        }
    }

    /// A card that is connected to.
    public func connect(_ reader: String) throws -> Card {
        var (handle, active): (Int, UInt) = (0, 0)
        // Shared; T=0 or T=1.
        try Self.check(symbol("SCardConnect", as: Connect.self)(context, reader, 2, 3, &handle, &active), "SCardConnect")
        return try Card(
            handle: handle, transmission: active, transmit: symbol("SCardTransmit", as: Transmit.self),
            status: symbol("SCardStatus", as: Status.self), disconnect: symbol("SCardDisconnect", as: Disconnect.self))
    }

    public struct Card {
        fileprivate let handle: Int
        fileprivate let transmission: UInt
        fileprivate let transmit: Transmit
        fileprivate let status: Status
        fileprivate let disconnect: Disconnect

        /// What the card answers to octets as they are.
        public func exchange(_ command: [UInt8]) throws -> [UInt8] {
            var header: (UInt, UInt) = (transmission, 16)
            var length: UInt = 65_548
            var answer = [UInt8](repeating: 0, count: Int(length))
            try PCSC.check(transmit(handle, &header, command, UInt(command.count), nil, &answer, &length), "SCardTransmit")
            return Array(answer.prefix(Int(length)))
        }

        public func answerToReset() throws -> [UInt8] {
            var length: UInt = 33
            var octets = [UInt8](repeating: 0, count: 33)
            try PCSC.check(status(handle, nil, nil, nil, nil, &octets, &length), "SCardStatus")
            return Array(octets.prefix(Int(length)))
        }

        /// Leaves it under power.
        public func close() throws { try PCSC.check(disconnect(handle, 0), "SCardDisconnect") }
    }
}

/// Debian's pcscd as a child process, in whatever world this process lives.
public final class PCSCDaemon: Sendable {
    private let process = Process()
    private let ended = DispatchGroup()
    private static let running = Mutex<Set<Int32>>([])

    /// Ends all, for a program that must end at once.
    public static func abandon() { for process in running.withLock({ $0 }) { kill(process, SIGTERM) } }

    /// Returns when it takes connections. - Throws: ``ReaderMisbehaviour`` with its own words where it ends instead.
    public init() throws {
        let log = Pipe()
        process.executableURL = URL(filePath: "/usr/sbin/pcscd")
        // It says in words when it is ready.
        process.arguments = ["--foreground", "--info"]
        process.standardOutput = log
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        ended.enter()
        process.terminationHandler = { [ended] _ in ended.leave() }
        // A child inherits the signals that its parent's thread does not take; threads of a pool take none.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_UNBLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        let identifier = process.processIdentifier
        Self.running.withLock { _ = $0.insert(identifier) }
        let output = log.fileHandleForReading
        var said = ""
        while !said.contains("daemon ready") {
            let more = output.availableData
            guard !more.isEmpty else { throw ReaderMisbehaviour("pcscd ended; is another one running? It said: \(said)") }
            said += String(decoding: more, as: UTF8.self)
        }
        // It says so just before it listens, and nothing tells when it does.
        while access("/run/pcscd/pcscd.comm", R_OK) != 0 {
            guard process.isRunning else { throw ReaderMisbehaviour("pcscd ended; it said: \(said)") }
            usleep(1000)
        }
        // What else it says is let go, so that it never waits for a reader.
        output.readabilityHandler = { if $0.availableData.isEmpty { $0.readabilityHandler = nil } }
    }

    public var identifier: Int32 { process.processIdentifier }

    /// Ends it and waits for that.
    public func stop() {
        if process.isRunning { process.terminate() }
        ended.wait()
        let identifier = process.processIdentifier
        Self.running.withLock { _ = $0.remove(identifier) }
    }
}

import CUPSPrinting
import Foundation
import Glibc
import Synchronization
import Testing

/// A running cupsd of a private scheduler.
final class Cupsd: Sendable {
    let pid: pid_t
    private let ended: AsyncStream<Void>
    private let isRunning = Mutex(true)

    /// Not by `Process`: its child inherits the blocked signals of the thread that starts it, and SIGTERM with them.
    init(_ scheduler: PrivateScheduler) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var nothing = sigset_t()
        sigemptyset(&nothing)
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // NIO's sockets are inherited: a cupsd would keep the emulated printer of another test listening after its power went.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in CInt(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var arguments = ([scheduler.executable] + scheduler.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, scheduler.executable, &actions, &attributes, &arguments, environ) == 0)
        self.pid = pid
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        Thread { [self] in
            // Noticed first and reaped under the lock, so that no signal ever goes to another process with this pid.
            var information = siginfo_t()
            waitid(P_PID, id_t(self.pid), &information, WEXITED | WNOWAIT)
            isRunning.withLock { isRunning in
                var status: CInt = 0
                waitpid(self.pid, &status, 0)
                isRunning = false
            }
            end.finish()
        }.start()
    }

    /// Returns when it has ended.
    func stop(_ signal: CInt) async {
        isRunning.withLock { if $0 { kill(pid, signal) } }
        for await _ in ended {}
    }

    /// The pids of the backends that it has started.
    func backends() throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(pid_t.init).filter { child in
            // A process that ends meanwhile has no status any more.
            guard let status = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8),
                let command = try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)
            else { return false }
            // The name in parentheses may hold spaces; the parent is the second field after it.
            let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
            return fields.count > 2 && fields[2] == "\(pid)" && command.hasPrefix("escpos:")
        }
    }
}

/// A process, whoever's child it is, that somebody waits for.
struct WatchedProcess: ~Copyable {
    private let descriptor: CInt

    /// pidfd_open(2), which Swift does not import.
    init(_ pid: pid_t) throws {
        let symbol = try #require(dlsym(nil, "pidfd_open"))
        let opened = unsafeBitCast(symbol, to: (@convention(c) (pid_t, CUnsignedInt) -> CInt).self)(pid, 0)
        try #require(opened >= 0, "there is no process \(pid)")
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Returns when it has ended. The waiting is done on a thread of its own.
    func end() async {
        let descriptor = descriptor
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var process = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                while poll(&process, 1, -1) < 1 {}
                continuation.resume()
            }
        }
    }
}

/// Programs of this package, beside the test bundle.
enum BuiltProgram {
    static func path(_ name: String) throws -> String {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let places = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(), Bundle.main.bundleURL,
            Bundle.main.bundleURL.deletingLastPathComponent(), package.appendingPathComponent(".build/debug"),
        ]
        let found = places.map { $0.appendingPathComponent(name).path }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return try #require(found, "the program \(name) is in none of \(places.map(\.path)); build it first")
    }
}

import CSpawn
import Glibc
import Synchronization
import VerifierContract

/// One run of a verifier's program, with a thread of its own that reads what it says into a buffer that is wiped.
final class ChildProcess: Sendable {
    enum News: Sendable {
        case said(VerifierWord)
        case garbled(String)
        /// Its end, in words. The last news.
        case ended(String)
    }

    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        /// Where it reads; -1: closed.
        var input: CInt
        /// Its number belongs to nobody else yet.
        var isOurs = true
    }

    private let pid: pid_t
    private let state: Mutex<State>

    /// - Parameter tell: called on the process's thread.
    init(_ command: [String], tell: @escaping @Sendable (News) -> Void) throws(NotStarted) {
        var (toChild, fromChild): ([CInt], [CInt]) = ([-1, -1], [-1, -1])
        // No pipes: writing to one whose reader is gone sends a signal.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &toChild) == 0 else { throw Self.notStarted(command, errno) }
        guard socketpair(AF_UNIX, kind, 0, &fromChild) == 0 else {
            let problem = errno
            for end in toChild { close(end) }
            throw Self.notStarted(command, problem)
        }
        var pid: pid_t = 0
        let problem = Self.spawn(&pid, command, input: toChild[0], output: fromChild[1])
        close(toChild[0])
        close(fromChild[1])
        guard problem == 0 else {
            close(toChild[1])
            close(fromChild[0])
            throw Self.notStarted(command, problem)
        }
        self.pid = pid
        state = Mutex(State(input: toChild[1]))
        let output = fromChild[0]
        let problemOfThread = Self.onThread {
            self.listen(to: output, tell)
            close(output)
            tell(.ended(self.reap()))
        }
        guard problemOfThread == 0 else {
            close(output)
            kill()
            _ = reap()
            throw Self.notStarted(command, problemOfThread)
        }
    }

    /// Says a line; false where the program does not take it at once.
    func send(_ line: [UInt8]) -> Bool {
        state.withLock { state in
            let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
            return state.input >= 0 && Glibc.send(state.input, line, line.count, flags) == line.count
        }
    }

    func closeInput() {
        state.withLock { state in
            if state.input >= 0 { close(state.input) }
            state.input = -1
        }
    }

    /// Ends it and whatever it has started.
    func kill() { state.withLock { if $0.isOurs { Glibc.kill(-pid, SIGKILL) } } }

    private static func spawn(_ pid: inout pid_t, _ command: [String], input: CInt, output: CInt) -> CInt {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Nothing else of this program's: a socket that it held on to would stay taken, and another maker's program has no business there.
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        // A group of its own, so that its helpers end with it; signals as a program expects them.
        var ours = sigset_t()
        sigemptyset(&ours)
        posix_spawnattr_setsigmask(&attributes, &ours)
        sigaddset(&ours, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &ours)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        return posix_spawn(&pid, command[0], &actions, &attributes, arguments, environ)
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) -> CInt {
        final class Work {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let problem = pthread_create(
            &thread, nil,
            { work in
                guard let work else { return nil }
                Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        if problem == 0 { pthread_detach(thread) } else { work.release() }
        return problem
    }

    private static func notStarted(_ command: [String], _ problem: CInt) -> NotStarted {
        NotStarted(description: "\(command[0]) cannot be started: \(String(cString: strerror(problem))); correct card_verifier")
    }

    // MARK: On its thread

    /// Reads lines until the program closes its output, or says what is none of the contract.
    private func listen(to output: CInt, _ tell: (News) -> Void) {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: VerifierProtocol.longestLine + 1)
        buffer.initialize(repeating: 0)
        defer {
            wipe(buffer[...])
            buffer.deallocate()
        }
        var filled = 0
        while true {
            let count = read(output, buffer.baseAddress! + filled, buffer.count - filled)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            filled += count
            while let end = buffer[..<filled].firstIndex(of: UInt8(ascii: "\n")) {
                do throws(VerifierWord.Garbled) {
                    tell(.said(try VerifierWord(decoding: UnsafeBufferPointer(rebasing: buffer[..<end]))))
                } catch {
                    tell(.garbled(error.reason))
                    return
                }
                let rest = filled - end - 1
                for index in 0..<rest { buffer[index] = buffer[end + 1 + index] }
                wipe(buffer[rest..<filled])
                filled = rest
            }
            if filled == buffer.count {
                tell(.garbled("a line has more than \(VerifierProtocol.longestLine) octets"))
                return
            }
        }
    }

    private func wipe(_ octets: Slice<UnsafeMutableBufferPointer<UInt8>>) {
        let octets = UnsafeMutableBufferPointer(rebasing: octets)
        if let start = octets.baseAddress { explicit_bzero(start, octets.count) }
    }

    /// A program that says no more has nothing to do here; waits for its end.
    private func reap() -> String {
        kill()
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return state.withLock { state in
            var status: CInt = 0
            waitpid(pid, &status, 0)
            state.isOurs = false
            if state.input >= 0 { close(state.input) }
            state.input = -1
            return status & 0x7F == 0 ? "status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
        }
    }
}

import ServiceLifecycle
import Synchronization

/// What must be there before a program is worth starting. Each need is met once; met again, nothing happens.
final class Needs: Sendable {
    private let open: Mutex<Set<String>>
    private let (allMet, end) = AsyncStream.makeStream(of: Never.self)

    init(_ needs: Set<String>) {
        open = Mutex(needs)
        if needs.isEmpty { end.finish() }
    }

    func met(_ need: String) {
        let isLast = open.withLock { open in
            open.remove(need)
            return open.isEmpty
        }
        if isLast { end.finish() }
    }

    /// Returns when all are met, or the task is cancelled.
    func wait() async { for await _ in allMet {} }
}

/// Starts a program only when what it needs is there: a kiosk that finds no queue says so for its first seconds.
struct Later: Service {
    let needs: Needs
    let service: any Service

    init(after needs: Needs, service: any Service) {
        self.needs = needs
        self.service = service
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await needs.wait() }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        try await service.run()
    }
}

import Broadcasting
import Crypto
import Enrolment
import Foundation
import KioskCore
import Logging
import ServiceLifecycle
import SyncProtocol
import Synchronization

/// What the running centre tells its kiosks, and whoever waits for it.
///
/// Orders and revocations are written by commands, which are other programs; nobody tells. Looking costs two calls of `stat`, and is done
/// once a second, so that an emergency is under way within that.
final class NoticeBoard: Sendable {
    static let interval = Duration.seconds(1)

    private struct State {
        var book: NoticeBook
        var seen: [FileStamp?]
        /// How many certificates were revoked; nil before the first look.
        var revoked: Int?
        /// What each kiosk said last.
        var words: [DeviceName: KioskWord] = [:]
    }

    private let folder: StoreFolder
    private let logger: Logger
    private let state: Mutex<State>
    private let onlookers = Onlookers<Void>()

    init(directory: String, logger: Logger) throws(StoreError) {
        folder = StoreFolder(path: directory)
        self.logger = logger
        // In this order, so that a change in between is seen again.
        let seen = Self.stamps(folder)
        state = Mutex(State(book: try NoticeBook.load(directory: directory), seen: seen))
    }

    var book: NoticeBook { state.withLock(\.book) }

    /// Looks again and again, until the task is cancelled.
    ///
    /// - Parameter register: of the kiosks' door, where there is one.
    func watch(_ register: DeviceRegister?) async {
        while !Task.isCancelled {
            await look(register)
            do { try await ContinuousClock().sleep(for: Self.interval) } catch { return }
        }
    }

    private func look(_ register: DeviceRegister?) async {
        let seen = Self.stamps(folder)
        guard state.withLock({ $0.seen != seen || $0.revoked == nil }) else { return }
        do throws(StoreError) {
            let book = try NoticeBook.load(directory: folder.path)
            let revoked = try await register?.revocations() ?? 0
            // The register is written for every stranger that knocks; only a revocation concerns those who wait.
            let isNews = state.withLock { state in
                defer { (state.book, state.seen, state.revoked) = (book, seen, revoked) }
                return state.book != book || state.revoked != revoked
            }
            guard isNews else { return }
            logger.info("notices or enrolments have changed")
            onlookers.tell(())
        } catch {
            // What stood before goes on; it is said once, and looked at again when a file changes.
            state.withLock { ($0.seen, $0.revoked) = (seen, $0.revoked ?? -1) }
            logger.error("the notices cannot be read; those from before hold", metadata: ["detail": "\(error.detail)"])
        }
    }

    /// Waits until what a kiosk should know is something else than `known`, and returns it; after `wait` in any case.
    func next(
        after known: String?, within wait: Duration, _ current: @escaping @Sendable (NoticeBook) async throws -> Notices
    ) async throws -> Notices {
        let (changes, listener) = onlookers.add(first: ())
        defer { listener.finish() }
        return try await withThrowingTaskGroup(of: Notices?.self) { group in
            group.addTask {
                try await ContinuousClock().sleep(for: wait)
                return nil
            }
            group.addTask {
                for await _ in changes.cancelOnGracefulShutdown() {
                    let notices = try await current(self.book)
                    if notices.tag != known { return notices }
                }
                return nil
            }
            let found = try await group.next() ?? nil
            group.cancelAll()
            if let found { return found }
            return try await current(book)
        }
    }

    /// Whether a kiosk says something new of itself; then it is to be kept.
    func isNews(_ word: KioskWord, of name: DeviceName) -> Bool { state.withLock { $0.words.updateValue(word, forKey: name) != word } }

    /// What it says next is news again.
    func forget(_ name: DeviceName) { state.withLock { _ = $0.words.removeValue(forKey: name) } }

    private static func stamps(_ folder: StoreFolder) -> [FileStamp?] { [FileStamp(folder.notices), FileStamp(folder.register)] }
}

/// Changes with every change of a file.
private struct FileStamp: Hashable {
    private let number: UInt64
    private let size: UInt64
    private let changed: Date

    /// nil: there is none.
    init?(_ path: String) {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path), let number = facts[.systemFileNumber] as? UInt64,
            let size = facts[.size] as? UInt64, let changed = facts[.modificationDate] as? Date
        else { return nil }
        (self.number, self.size, self.changed) = (number, size, changed)
    }
}

/// What a kiosk says of itself with each question.
struct KioskWord: Hashable, Sendable {
    /// The SHA-256 of the site bundle that it runs.
    var bundle: String?
    /// ``Emergency/since`` of what is on its screen.
    var emergency: Int64?

    init(_ request: NoticeRequest) {
        // A hash, or nothing worth keeping.
        bundle = request.bundle.flatMap { $0.utf8.count == 64 ? $0 : nil }
        emergency = request.emergency
    }
}

extension Notices {
    /// With a tag that follows from all the rest.
    init(_ orders: NoticeBook.Orders, sealingKey: String?, issued: WallTime?) {
        self.init(tag: "", emergency: orders.emergency, bundle: orders.bundle, sealingKey: sealingKey)
        if let issued, let renewal = orders.renewal, issued.milliseconds < renewal { self.renewal = true }
        tag = SHA256.hash(data: json(self)).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

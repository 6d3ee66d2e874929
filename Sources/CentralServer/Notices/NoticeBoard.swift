import Broadcasting
import Crypto
import Enrolment
import Foundation
import KioskCore
import LocalFiles
import Logging
import ServiceLifecycle
import SyncProtocol
import Synchronization

/// What the running centre tells its kiosks, and whoever waits for it.
///
/// Orders and revocations are written by commands, which are other programs; nobody tells. Looking costs two calls of `stat`, and is done
/// once a second, so that an emergency is under way within that. What the centre above says comes by ``takeOver(_:of:)``, at once.
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
    /// What the file has of what the centre above says.
    private let kept: Mutex<[String: Notices]>
    private let onlookers = Onlookers<Void>()

    init(directory: String, logger: Logger) throws(StoreError) {
        folder = StoreFolder(path: directory)
        self.logger = logger
        // In this order, so that a change in between is seen again.
        let seen = Self.stamps(folder)
        let book = try NoticeBook.load(directory: directory)
        state = Mutex(State(book: book, seen: seen))
        kept = Mutex(book.above)
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
            var book = try NoticeBook.load(directory: folder.path)
            let revoked = try await register?.revocations() ?? 0
            // The register is written for every stranger that knocks; only a revocation concerns those who wait.
            let isNews = state.withLock { state in
                // What comes from above is here before it is in its file.
                book.above = state.book.above
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

    /// Tells the kiosks of a site what the centre above says, and keeps it for the next start; saying it again changes nothing.
    ///
    /// After an error they are told all the same, since they may be in danger; only a restart would forget it.
    func takeOver(_ said: Notices, of site: SiteID) throws(FileFailure) {
        var said = said
        // For nobody here: the tag is for the next question, device keys are for each centre to order, and the kiosks of this centre seal
        // to its own key alone, so that joining another changes nothing of who can read.
        (said.tag, said.renewal, said.sealingKey) = ("", nil, nil)
        let isNews = state.withLock { $0.book.above.updateValue(said, forKey: site.rawValue) != said }
        if isNews { onlookers.tell(()) }
        try kept.withLock { kept throws(FileFailure) in
            let above = state.withLock(\.book.above)
            guard kept != above else { return }
            try NoticeBook.keep(above, in: folder)
            kept = above
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
    /// What a book says to a kiosk, or to the centre below that passes it on to all kiosks of its site; with a tag that follows from all
    /// the rest.
    init(_ book: NoticeBook, for name: DeviceName, sealingKey: String?, issued: WallTime?) {
        let orders = book.orders(for: name)
        self.init(
            tag: "", emergency: orders.emergency, bundle: orders.bundle, sealingKey: sealingKey,
            kiosks: name.kiosk.rawValue == DeviceName.forwarder ? book.kiosks(of: name.site) : nil)
        if let issued, let renewal = orders.renewal, issued.milliseconds < renewal { self.renewal = true }
        tag = SHA256.hash(data: json(self)).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

import Glibc
import LocalFiles

/// The folder of a centre's store and the names in it.
struct StoreFolder: Sendable {
    let path: String
    var database: String { "\(path)/centre.sqlite" }
    var lock: String { "\(path)/lock" }
    /// Where a running centre is asked for what only the store's owner may ask: ``ManualDesk``.
    var desk: String { "\(path)/desk.sock" }
    /// Which kiosks may send, beside the entries, so that it can be written while a centre runs.
    var register: String { "\(path)/enrolment.sqlite" }
    /// What kiosks are to be told.
    var notices: String { "\(path)/notices.json" }
    /// What the centre above tells them; written by the running centre alone.
    var noticesFromAbove: String { "\(path)/notices-above.json" }
    /// The key and certificate of the centre's authority.
    var authority: String { "\(path)/authority.pem" }
    /// The private key that opens what kiosks seal.
    var openingKey: String { "\(path)/opening-key.pem" }
    /// Which card points to which resident.
    var cards: String { "\(path)/cards.sqlite" }
    /// The keys under which cards are hashed.
    var cardKeys: String { "\(path)/card-keys" }
    /// Where a backup says what it has; see ``BackupReceipt``.
    var backups: String { "\(path)/backups" }

    /// Makes the folder, and those above it, where they are missing; only its owner may look into it.
    func make() throws(StoreError) {
        let parts = path.split(separator: "/")
        var made = path.hasPrefix("/") ? "" : "."
        for (index, part) in parts.enumerated() {
            made += "/\(part)"
            if mkdir(made, index == parts.count - 1 ? 0o700 : 0o755) == 0 {
                try StoreError.of { () throws(FileFailure) in try WholeFile.sync(folder: made + "/..") }
            } else if errno != EEXIST {
                throw StoreError(.readOnly, "\(made) cannot be made: \(Self.reason); make its parent folder writable, or use --store")
            }
        }
    }

    /// Makes the database's file before SQLite does, whose files would be readable for everybody; its log inherits the mode.
    func makeDatabase() throws(StoreError) { try makeFile(database) }

    func makeFile(_ name: String) throws(StoreError) {
        let file = Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code: StoreError.Code = errno == ENOSPC ? .full : .readOnly
            throw StoreError(code, "\(name): \(Self.reason); give the folder to the centre's user, on a disk with room")
        }
        Glibc.close(file)
        try StoreError.of { () throws(FileFailure) in try WholeFile.sync(folder: path) }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

extension FileLock {
    /// Keeps a second writer off a store; readers do not need it.
    static func ofStore(_ folder: StoreFolder) throws(StoreError) -> FileLock {
        do throws(Refusal) {
            let lock = try FileLock(folder.lock)
            // Only for people who read the file; the lock itself is the kernel's, so a disk without room does not matter here.
            _ = lock.note()
            return lock
        } catch {
            throw switch error {
            case .notOpened(let problem):
                StoreError(.readOnly, "\(folder.lock): \(String(cString: strerror(problem))); give the folder to the centre's user")
            case .held(let holder):
                StoreError(
                    .owned, "\(folder.path) is written by \(holder); stop that program, or give this one a folder of its own with --store")
            case .notLocked(let problem):
                StoreError(.failed, "\(folder.lock): cannot be locked: \(String(cString: strerror(problem)))")
            }
        }
    }
}

import Glibc
import LocalFiles

extension FileLock {
    /// The journal's, with the journal's words.
    static func ofJournal(in directory: String) throws(JournalError) -> FileLock {
        let path = directory + "/journal.lock"
        let lock: FileLock
        do throws(Refusal) {
            lock = try FileLock(path)
        } catch {
            throw switch error {
            case .notOpened(let problem): JournalError(.readOnly, "\(path): \(words(problem)); give the folder to the kiosk's user")
            case .held(let holder):
                JournalError(.owned, "\(path) is held by \(holder); stop that program, or talk to it instead of opening the journal")
            case .notLocked(let problem): JournalError(.failed, "\(path): cannot be locked: \(words(problem))")
            }
        }
        if let problem = lock.note() {
            throw JournalError(problem == ENOSPC ? .full : .inputOutput, "\(path): \(words(problem)); free disk space")
        }
        return lock
    }

    private static func words(_ problem: CInt) -> String { String(cString: strerror(problem)) }
}

import Conditions
import Journal
import KioskRuntime

/// Whether the disk has room for the journal.
enum DiskCheck {
    static func examine(_ configuration: Configuration, _ instruments: Instruments) async -> Finding {
        let directory = configuration.stateDirectory
        switch await within(.seconds(5), { try await instruments.space(directory) }) {
        case .failure(let error):
            return .wrong(.disk, .journalFailed, Words(both: "\(error)"))
        case .success(let space):
            return judge(space, directory, JournalLimits())
        }
    }

    static func judge(_ space: DiskSpace, _ directory: String, _ limits: JournalLimits) -> Finding {
        let files = space.totalFiles > 0 ? Words(", \(space.freeFiles) inode bebas", ", \(space.freeFiles) inodes free") : Words(both: "")
        let detail = Words(both: "\(directory): ") + octets(space.free) + Words(" bebas dari ", " free of ") + octets(space.total) + files
        let isOutOfFiles = space.totalFiles > 0 && space.freeFiles == 0
        if space.free < limits.reserve || isOutOfFiles { return .wrong(.disk, .journalFull, detail) }
        let isLow = space.free < 4 * limits.reserve || space.free < space.total / 10 || space.freeFiles < space.totalFiles / 10
        return isLow ? .wrong(.disk, .diskLow, detail) : .sound(.disk, detail)
    }
}

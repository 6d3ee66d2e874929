import ArgumentParser
import CentralServer
import Foundation
import KioskCore

/// `anjungan-central backup`: a copy of the store, by which the kiosks learn what is safe.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store, also while the centre runs, and call safe what the copy has.",
        discussion: """
            Writes DIRECTORY/centre-TIME.sqlite: whole, synced and read back, or not at all. From then on the centre tells each kiosk \
            how far the copy has its entries, and kiosks may delete those. So keep each copy until the next one is made, on another \
            disk. To restore one, stop the centre, move its folder aside, and put the copy into a new one as centre.sqlite; the \
            kiosks send again what is newer. A store that lacks what the newest backup has, in its chains or aside, was put back to an older \
            state, and is refused: that backup is the one to restore.
            """)

    @Argument(help: ArgumentHelp("The folder for the copies of this centre; made where it is missing.", valueName: "directory"))
    var target: String

    @Flag(help: "Copy also a store that lost what an earlier backup had, where that backup is lost, too, or nobody needs it.")
    var despiteLosses = false

    @OptionGroup var place: StorePlace

    func run() throws {
        do throws(StoreError) {
            let backup = try Backup.make(of: place.directory, in: target, at: .now, despiteLosses: despiteLosses)
            FileHandle.standardOutput.write(
                Data("\(backup.path): \(backup.entries) entries of \(backup.chains) chains, read back and safe\n".utf8))
        } catch {
            try refuse(error)
        }
    }
}

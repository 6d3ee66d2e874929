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
            kiosks send again what is newer.
            """)

    @Argument(help: ArgumentHelp("The folder for the copy; made where it is missing.", valueName: "directory"))
    var target: String

    @OptionGroup var place: StorePlace

    func run() throws {
        do throws(StoreError) {
            let backup = try Backup.make(of: place.directory, in: target, at: .now)
            FileHandle.standardOutput.write(
                Data("\(backup.path): \(backup.entries) entries of \(backup.chains) chains, read back and safe\n".utf8))
        } catch {
            try refuse(error)
        }
    }
}

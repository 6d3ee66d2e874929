import ArgumentParser
import CentralServer
import Enrolment
import Foundation
import KioskCore
import SyncProtocol
import SyncTransport

/// `anjungan-central import`: what came on a stick, from a mall without a network.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in what “anjungan journal export” wrote.",
        discussion: """
            Takes folders with files .anjb, and single files, in any order and as often as wanted. Beside them it writes \
            acknowledgements.json, which goes back to the kiosk: “anjungan journal acknowledge FILE”. Ends with status 1 when \
            anything was not taken; the rest is taken all the same.
            """)

    @Argument(help: ArgumentHelp("Folders and files.", valueName: "file"))
    var places: [String]

    @Option(help: ArgumentHelp("The running centre, like http://127.0.0.1:7072/; without it the store itself.", valueName: "url"))
    var to: String?

    @OptionGroup var place: StorePlace

    func run() async throws {
        do {
            let lines = try await take(try BatchFiles(places))
            for line in lines {
                let words = line.trouble.map { "NOT TAKEN: \($0)" } ?? "\(line.entries) entries, stored up to \(line.answer?.upto ?? 0)"
                FileHandle.standardOutput.write(Data("\(line.path): \(words)\n".utf8))
            }
            if lines.contains(where: { $0.answer != nil }) {
                say("Take \(BatchFiles.answers), which lies beside the files, back to each kiosk: anjungan journal acknowledge FILE")
            }
            if lines.contains(where: { $0.trouble != nil }) { throw ExitCode.failure }
        } catch let error as StoreError where error.code == .owned {
            try refuse("\(error)\nOr send it to the running centre: --to http://127.0.0.1:7072/")
        } catch let error as StoreError {
            try refuse(error)
        } catch let failure as SyncMachine.Failure {
            try refuse("The centre \(to ?? "") did not take it: \(failure). Start it, and import again; what it has it keeps.")
        }
    }

    private func take(_ files: BatchFiles) async throws -> [BatchFiles.Line] {
        if let to {
            let centre = CentreClient(url: to)
            do {
                let lines = try await files.take { batch, signature async throws(SyncMachine.Failure) in
                    try await centre.send(batch, signature: signature)
                }
                try await centre.close()
                return lines
            } catch {
                try await centre.close()
                throw error
            }
        }
        let store = try await CentralStore.open(directory: place.directory)
        let register = try await DeviceRegister.existing(directory: place.directory, now: .now)
        let lines = try await files.take { batch, signature async throws(any Error) in
            try await register?.admit(batch, signature: signature, at: .now)
            return try await store.ingest(batch, at: .now).acknowledgement
        }
        try await store.close()
        return lines
    }
}

import ArgumentParser
import Enrolment
import Foundation
import Journal
import KioskRuntime
import SyncProtocol

/// `anjungan journal export`.
struct JournalExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write what the centre does not have onto a USB stick, for a mall without a network.",
        discussion: """
            DIRECTORY gets batches as the centre would be sent them, SITE.KIOSK.EPOCH.LANE.FROM-TO.anjb, and SITE.KIOSK.manifest.json \
            with the SHA-256 of each; beside each its signature, .sig, where the kiosk is enrolled. `anjungan-central import DIRECTORY` takes them and writes acknowledgements, which \
            `anjungan journal acknowledge` brings back. A stick that is full is said, and nothing half is left on it.
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: "The stick's folder.", completion: .directory)
    var directory: String

    @Flag(help: "Also what the centre has acknowledged, as far as it is kept: for a centre that lost its store.")
    var all = false

    func run() async throws {
        let (directory, all) = (directory, all)
        // A folder that is named alone has no kiosk around it, and so no key.
        let isNamedAlone = options.journal != nil && options.place.config == nil
        let identity = isNamedAlone ? nil : try DeviceIdentity.load(folder: try options.configuration().enrolmentDirectory)
        let manifest = try await JournalAccess.open(options) { try await Self.export($0, to: directory, all: all, signedBy: identity) }
        guard let manifest else { return announce("the centre has everything; nothing was written") }
        let octets = manifest.files.map(\.octets).reduce(0, +)
        announce("\(manifest.entries) entries in \(manifest.files.count) files, \(octets) octets, in \(directory)")
        announce(
            "\(identity == nil ? "not signed: the kiosk is not enrolled" : "signed"); at the centre: anjungan-central import \(directory)")
    }

    private static func export(
        _ access: JournalAccess, to directory: String, all: Bool, signedBy identity: DeviceIdentity?
    ) async throws -> ExportManifest? {
        let figures = try await access.figures()
        let folder = try ExportFolder(directory)
        var manifest = ExportManifest(site: figures.site, kiosk: figures.kiosk, made: Date().formatted(.iso8601), files: [])
        do {
            for chain in figures.chains {
                guard let place = ChainPlace(chain) else { continue }
                var after = all ? chain.first - 1 : max(chain.acknowledged, chain.first - 1)
                // What is recorded meanwhile waits for the next stick.
                while after < chain.last {
                    let batch = try await access.batch(after: after, place)
                    guard let last = try batch.entries.last.map(Entry.init(decoding:)) else { break }
                    let file = ExportManifest.File(batch, from: after + 1, to: last.header.sequence)
                    let octets = batch.octets
                    if let identity { try folder.write(try identity.signature(of: octets).der, as: file.name + BatchSignature.fileSuffix) }
                    try folder.write(octets, as: file.name)
                    manifest.files.append(file)
                    after = file.to
                }
            }
            guard !manifest.files.isEmpty else { return nil }
            try folder.write([UInt8](Data(try manifest.json().utf8)), as: "\(figures.site).\(figures.kiosk).manifest.json")
            try folder.sync()
        } catch {
            folder.removeWritten()
            throw error
        }
        return manifest
    }
}

/// What an export has written.
struct ExportManifest: Hashable, Sendable, Codable {
    struct File: Hashable, Sendable, Codable {
        var name: String
        var epoch: Epoch
        var lane: String
        var from: UInt64
        var to: UInt64
        var octets: Int
        var sha256: EntryHash

        init(_ batch: Batch, from: UInt64, to: UInt64) {
            let bytes = batch.octets
            let chain = batch.chain
            // Filled up, so that a listing has them in their order.
            let places = [from, to].map { String(repeating: "0", count: max(0, 9 - "\($0)".count)) + "\($0)" }.joined(separator: "-")
            name = "\(chain.site).\(chain.kiosk).\(chain.epoch).\(chain.lane).\(places).anjb"
            (epoch, lane) = (chain.epoch, chain.lane.description)
            (self.from, self.to) = (from, to)
            octets = bytes.count
            sha256 = EntryHasher.swiftCrypto(bytes)
        }
    }

    /// Of this manifest.
    var format = 1
    var site: String
    var kiosk: String
    /// ISO 8601 in UTC.
    var made: String
    var files: [File]

    var entries: UInt64 { files.map { $0.to - $0.from + 1 }.reduce(0, +) }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

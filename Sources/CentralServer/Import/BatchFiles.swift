public import Enrolment
import Foundation
import LocalFiles
public import SyncProtocol

/// Batches that came on a stick: files with the octets of a ``Batch``, by the way of `anjungan journal export`.
public struct BatchFiles: Sendable {
    /// What `anjungan journal export` calls its files.
    public static let suffix = ".anjb"
    /// The file that takes the answers back, for `anjungan journal acknowledge`: a JSON list of ``Acknowledgement``.
    public static let answers = "acknowledgements.json"

    /// What became of one file.
    public struct Line: Hashable, Sendable {
        public var path: String
        /// What the centre answered; `nil` when the file is no batch.
        public var answer: Acknowledgement?
        public var entries = 0
        /// Why not all of it was taken; `nil` when it was.
        public var trouble: String?
    }

    private var paths: [String] = []

    /// Finds the files.
    ///
    /// - Parameter places: files, whatever they are called, and folders with files that end in ``suffix``.
    public init(_ places: [String]) throws(StoreError) {
        for place in places {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
                throw StoreError(
                    .missing, "\(place) is not there; name the stick's folder, or the files that “anjungan journal export” wrote")
            }
            guard isFolder.boolValue else {
                paths.append(place)
                continue
            }
            do {
                let names = try FileManager.default.contentsOfDirectory(atPath: place).filter { $0.hasSuffix(Self.suffix) }.sorted()
                guard !names.isEmpty else {
                    throw StoreError(
                        .missing, "\(place) holds no file \(Self.suffix); name the folder that “anjungan journal export” wrote")
                }
                paths += names.map { "\(place)/\($0)" }
            } catch {
                throw StoreError(error, at: place)
            }
        }
    }

    /// Sends every batch, each chain from its beginning, whatever the files are called; then writes the answers beside the files.
    /// A file that is damaged holds up no other one. Doing it again changes nothing.
    public func take<Failure: Error>(_ send: (Batch, BatchSignature?) async throws(Failure) -> Acknowledgement) async throws -> [Line] {
        var lines: [Line] = []
        var batches: [(path: String, batch: Batch, first: UInt64)] = []
        for path in paths {
            do {
                let batch = try Self.read(path)
                let first = batch.entries.first.flatMap { try? Entry(decoding: $0) }?.header.sequence ?? 0
                batches.append((path, batch, first))
            } catch {
                lines.append(Line(path: path, trouble: "\(error)"))
            }
        }
        // Chains do not mind one another; within one, what comes first goes first.
        for (path, batch, _) in batches.sorted(by: { ($0.first, $0.path) < ($1.first, $1.path) }) {
            let answer: Acknowledgement
            do {
                answer = try await send(batch, BatchSignature(beside: path))
            } catch let refusal as DeviceRefusal {
                lines.append(Line(path: path, trouble: refusal.message))
                continue
            }
            lines.append(
                Line(
                    path: path, answer: answer, entries: batch.entries.count,
                    trouble: answer.fault.map { "\($0.code.rawValue): \($0.detail)" }))
        }
        try writeAnswers(lines)
        return lines.sorted { $0.path < $1.path }
    }

    private static func read(_ path: String) throws -> Batch {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw StoreError(.readOnly, "it cannot be opened; make it readable for this user")
        }
        defer { try? file.close() }
        let octets = try file.read(upToCount: Batch.readLimit + 1) ?? Data()
        guard octets.count <= Batch.readLimit else {
            throw StoreError(.failed, "it is larger than any batch; copy the stick again, or export again")
        }
        return try Batch(decoding: [UInt8](octets))
    }

    /// In each folder the last answer of every chain whose files lie there.
    private func writeAnswers(_ lines: [Line]) throws(StoreError) {
        let answered = lines.filter { $0.answer != nil }
        for (folder, files) in Dictionary(grouping: answered, by: { Self.folder(of: $0.path) }) {
            var latest: [String: Acknowledgement] = [:]
            for answer in files.compactMap(\.answer) { latest["\(answer.epoch) \(answer.lane)"] = answer }
            let octets = json(latest.sorted { $0.key < $1.key }.map(\.value))
            try StoreError.of { () throws(FileFailure) in try WholeFile.write(octets, to: "\(folder)/\(Self.answers)", mode: 0o600) }
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "" : String(path[..<slash])
    }
}

import Foundation
public import SeededRandomness

/// A folder as a power cut left it, and what its process had said until then.
public struct PowerCut: Sendable, CustomStringConvertible {
    /// Octets by path.
    public let files: [String: [UInt8]]
    public let said: [UInt8]
    /// At which event, and what became of the cache.
    public let description: String

    /// Its whole lines; a line without its end was not said.
    public var lines: [String] {
        guard let end = said.lastIndex(of: 0x0A) else { return [] }
        return said[..<end].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes the files into a new folder. The index of a log (`-shm`) is not among them: no disk has to keep it.
    public func write(to folder: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (path, octets) in files where !path.hasSuffix("-shm") {
            let place = URL(fileURLWithPath: folder).appendingPathComponent(path)
            try manager.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(octets).write(to: place)
        }
    }
}

/// Power cuts at chosen places of one recorded run, in the order of the run.
public struct PowerCuts: Sequence, IteratorProtocol {
    private let log: DiskLog
    private var places: [Int]
    private var random: SeededGenerator
    private var disk = CachedDisk()
    private var applied = 0
    private var said: [UInt8] = []

    /// Half of the places lie right behind a word of the process, where a lost promise shows, the others anywhere.
    public init(_ count: Int, of log: DiskLog, using random: SeededGenerator) {
        var random = random
        let words = log.events.indices.filter { if case .said = log.events[$0] { true } else { false } }
        places = (0..<count).map { index in
            if index % 2 == 0, let word = words.randomElement(using: &random) { return word + 1 }
            return Int.random(in: 0...log.events.count, using: &random)
        }.sorted(by: >)
        (self.log, self.random) = (log, random)
    }

    public mutating func next() -> PowerCut? {
        guard let place = places.popLast() else { return nil }
        while applied < place {
            if case .said(let octets) = log.events[applied] { said += octets }
            disk.apply(log.events[applied])
            applied += 1
        }
        let fate = CacheFate.allCases.randomElement(using: &random) ?? .lost
        return PowerCut(files: disk.cut(fate, using: &random), said: said, description: "event \(place) of \(log.events.count), \(fate)")
    }
}

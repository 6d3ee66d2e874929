public import Foundation

/// One change to a recorded folder, or one word of the process that made it.
///
/// A file is a number, which it keeps under every name; paths are relative to the folder.
public enum DiskEvent: Hashable, Sendable {
    case created(file: UInt32, path: String)
    case written(file: UInt32, place: Int, octets: [UInt8])
    case resized(file: UInt32, size: Int)
    case synced(file: UInt32)
    case named(file: UInt32, path: String)
    case removed(file: UInt32)
    case folderMade(path: String)
    case folderSynced(path: String)
    /// Went to standard output or into a socket: somebody may rely on it from here on.
    case said([UInt8])
    /// Something that cannot be replayed.
    case surprise(String)
}

/// What a process did to a folder and what it said meanwhile, in order, as `recorder.c` noted it.
public struct DiskLog: Sendable {
    public var events: [DiskEvent]

    /// Why a log cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        public let description: String
    }

    public init(events: [DiskEvent]) { self.events = events }

    /// - Throws: ``Unusable`` where the log is torn, or notes something that nobody can replay.
    public init(contentsOf url: URL) throws {
        var rest = [UInt8](try Data(contentsOf: url))[...]
        func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard rest.count >= count else { throw Unusable(description: "\(url.path) ends in the middle of an event") }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        func number(_ size: Int) throws -> Int { try take(size).reversed().reduce(0) { $0 << 8 | Int($1) } }
        events = []
        while !rest.isEmpty {
            let (kind, file, place) = (try number(1), UInt32(try number(4)), try number(8))
            let octets = Array(try take(try number(4)))
            let text = String(decoding: octets, as: UTF8.self)
            switch kind {
            case 1: events.append(.created(file: file, path: text))
            case 2: events.append(.written(file: file, place: place, octets: octets))
            case 3: events.append(.resized(file: file, size: place))
            case 4: events.append(.synced(file: file))
            case 5: events.append(.named(file: file, path: text))
            case 6: events.append(.removed(file: file))
            case 7: events.append(.folderMade(path: text))
            case 8: events.append(.folderSynced(path: text))
            case 9: events.append(.said(octets))
            default: throw Unusable(description: "the recorder met what it cannot replay: \(text)")
            }
        }
    }

    /// The same run on a disk that ignores these syncs, though it says that it has done them.
    public func ignoring(_ isIgnored: (DiskEvent) -> Bool) -> DiskLog { DiskLog(events: events.filter { !isIgnored($0) }) }

    /// What the folder holds after the last event, where nothing was lost.
    public func outcome() -> [String: [UInt8]] {
        var disk = CachedDisk()
        for event in events { disk.apply(event) }
        return disk.visible()
    }
}

extension DiskEvent {
    /// A sync of a file or of a folder.
    public var isSync: Bool {
        switch self {
        case .synced, .folderSynced: true
        case .created, .written, .resized, .named, .removed, .folderMade, .said, .surprise: false
        }
    }

    public var isSyncOfFolder: Bool { if case .folderSynced = self { true } else { false } }
}

/// Recording a process: what must be in its environment.
public enum DiskRecorder {
    /// The library, beside the test program in the build folder.
    public static let library = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("libDiskRecorder.so").path

    /// - Parameters:
    ///   - folder: exists and is empty.
    ///   - log: a file elsewhere.
    public static func environment(folder: String, log: String) -> [String: String] {
        ProcessInfo.processInfo.environment.merging(
            ["LD_PRELOAD": library, "RECORDER_FOLDER": folder, "RECORDER_LOG": log]
        ) { _, new in new }
    }
}

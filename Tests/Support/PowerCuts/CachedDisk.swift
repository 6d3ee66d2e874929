/// A folder on a disk that keeps what it is told in a cache: only what was synced is sure to outlive a power cut.
///
/// Nothing is assumed in favour of the program: a file's sync does not make its name durable, sectors of what was not synced reach
/// the disk in any order or never, and each file for itself. Only changes of names keep their order within a folder, as on every file
/// system with a journal, and a sector is old or new, never a mixture (SQLite's `powersafe overwrite`).
struct CachedDisk {
    private struct File {
        var durable: [UInt8] = []
        var pending: [Change] = []
        var path: String
    }
    enum Change {
        case write(place: Int, octets: [UInt8])
        case resize(Int)
    }
    private enum NameChange {
        case put(UInt32, path: String)
        case move(UInt32, from: String, to: String)
        case remove(path: String)

        var folder: String {
            switch self {
            case .put(_, let path), .move(_, _, let path), .remove(let path): CachedDisk.folder(of: path)
            }
        }

        func apply(to names: inout [String: UInt32]) {
            switch self {
            case .put(let file, let path): names[path] = file
            case .move(let file, let from, let to):
                names[from] = nil
                names[to] = file
            case .remove(let path): names[path] = nil
            }
        }
    }

    private var files: [UInt32: File] = [:]
    private var names: [String: UInt32] = [:]
    private var pendingNames: [NameChange] = []

    private static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }

    mutating func apply(_ event: DiskEvent) {
        switch event {
        case .created(let file, let path):
            files[file] = File(path: path)
            pendingNames.append(.put(file, path: path))
        case .written(let file, let place, let octets): files[file]?.pending.append(.write(place: place, octets: octets))
        case .resized(let file, let size): files[file]?.pending.append(.resize(size))
        case .synced(let file):
            guard var synced = files.removeValue(forKey: file) else { return }
            for change in synced.pending { Self.apply(change, to: &synced.durable) }
            synced.pending = []
            files[file] = synced
        case .named(let file, let path):
            pendingNames.append(.move(file, from: files[file]?.path ?? "", to: path))
            files[file]?.path = path
        case .removed(let file): pendingNames.append(.remove(path: files[file]?.path ?? ""))
        case .folderSynced(let path):
            for change in pendingNames where change.folder == path { change.apply(to: &names) }
            pendingNames.removeAll { $0.folder == path }
        // Folders are taken for durable as soon as they are made: that they are is another's promise.
        case .folderMade, .said, .surprise: break
        }
    }

    /// What programs read, as long as there is power.
    func visible() -> [String: [UInt8]] {
        var names = names
        for change in pendingNames { change.apply(to: &names) }
        return contents(names) { file, octets in
            for change in file.pending { Self.apply(change, to: &octets) }
        }
    }

    /// What is left after a power cut.
    func cut(_ fate: CacheFate, using random: inout some RandomNumberGenerator) -> [String: [UInt8]] {
        var names = names
        for changes in Dictionary(grouping: pendingNames, by: \.folder).sorted(by: { $0.key < $1.key }).map(\.value) {
            let kept = fate == .lost ? 0 : Int.random(in: 0...changes.count, using: &random)
            for change in changes.prefix(kept) { change.apply(to: &names) }
        }
        return contents(names) { file, octets in fate.apply(file.pending, to: &octets, using: &random) }
    }

    private func contents(_ names: [String: UInt32], _ change: (File, inout [UInt8]) -> Void) -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for (path, number) in names.sorted(by: { $0.key < $1.key }) {
            guard let file = files[number] else { continue }
            var octets = file.durable
            change(file, &octets)
            result[path] = octets
        }
        return result
    }

    static func apply(_ change: Change, to octets: inout [UInt8]) {
        switch change {
        case .write(let place, let new): write(new[...], at: place, to: &octets)
        case .resize(let size): resize(&octets, to: size)
        }
    }

    static func resize(_ octets: inout [UInt8], to size: Int) {
        if size < octets.count {
            octets.removeLast(octets.count - size)
        } else {
            octets += [UInt8](repeating: 0, count: size - octets.count)
        }
    }

    static func write(_ new: ArraySlice<UInt8>, at place: Int, to octets: inout [UInt8]) {
        if octets.count < place + new.count { resize(&octets, to: place + new.count) }
        octets.withUnsafeMutableBytes { target in
            new.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[place..<place + new.count]).copyMemory(from: $0) }
        }
    }
}

/// What becomes of what was not synced when the power goes.
enum CacheFate: CaseIterable {
    /// All of it is gone.
    case lost
    /// A file's first changes are there, the last of them in part.
    case torn
    /// Any sectors of any changes are there, in sectors of 512 octets or 4 KiB.
    case reorderedSectors, reorderedPages

    func apply(_ changes: [CachedDisk.Change], to octets: inout [UInt8], using random: inout some RandomNumberGenerator) {
        switch self {
        case .lost: break
        case .torn:
            let whole = Int.random(in: 0...changes.count, using: &random)
            for change in changes.prefix(whole) { CachedDisk.apply(change, to: &octets) }
            if whole < changes.count, case .write(let place, let new) = changes[whole] {
                let sectors = Self.sectors(place, new.count, 512)
                for sector in sectors.prefix(Int.random(in: 0...sectors.count, using: &random)) {
                    CachedDisk.write(new[sector], at: place + sector.lowerBound, to: &octets)
                }
            }
        case .reorderedSectors: reorder(changes, 512, &octets, &random)
        case .reorderedPages: reorder(changes, 4096, &octets, &random)
        }
    }

    private func reorder(_ changes: [CachedDisk.Change], _ size: Int, _ octets: inout [UInt8], _ random: inout some RandomNumberGenerator) {
        // Between nearly nothing and nearly everything.
        let share = Int.random(in: 1...15, using: &random)
        for change in changes {
            switch change {
            case .resize: if Int.random(in: 0..<16, using: &random) < share { CachedDisk.apply(change, to: &octets) }
            case .write(let place, let new):
                for sector in Self.sectors(place, new.count, size) where Int.random(in: 0..<16, using: &random) < share {
                    CachedDisk.write(new[sector], at: place + sector.lowerBound, to: &octets)
                }
            }
        }
    }

    /// The parts of a write that lie in different sectors, counted from its beginning.
    private static func sectors(_ place: Int, _ count: Int, _ size: Int) -> [Range<Int>] {
        var (start, parts): (Int, [Range<Int>]) = (0, [])
        while start < count {
            let end = min(count, start + size - (place + start) % size)
            parts.append(start..<end)
            start = end
        }
        return parts
    }
}

import SystemPackage

/// Files as commands name them: `-` is standard input or output.
public enum CommandFiles {
    /// Which file cannot be read, written or understood, why, and what to do.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String

        /// `description` is what people read.
        public init(description: String) { self.description = description }
    }

    /// All bytes of a file.
    public static func read(_ path: String) throws(Failure) -> [UInt8] {
        do {
            if path == "-" { return try readAll(.standardInput) }
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            return try file.closeAfter { try readAll(file) }
        } catch {
            throw Failure(description: "\(path) cannot be read: \(error); name a file that exists, or - for standard input")
        }
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }

    /// Writes a file anew.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            if path == "-" {
                try FileDescriptor.standardOutput.writeAll(bytes)
            } else {
                let file = try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
                _ = try file.closeAfter { try file.writeAll(bytes) }
            }
        } catch {
            throw Failure(description: "\(path) cannot be written: \(error); name a file in a folder that you may write to")
        }
    }
}

extension CommandFiles {
    /// Tells on standard error what does not stop the command.
    public static func warn(_ lines: [String]) {
        // Where nobody listens to standard error there is nowhere else to say so.
        for line in lines { _ = try? FileDescriptor.standardError.writeAll(Array((line + "\n").utf8)) }
    }
}

import Glibc

/// Finds out which program has a device file open.
enum DeviceHolder {
    /// Who holds the file and what to do about it, in words for technicians.
    static func description(of path: String) -> String {
        guard let (process, name) = find(path) else {
            return "another program that this user may not see; `fuser -v \(path)` as root names it"
        }
        if name == "usb" {
            return "CUPS's usb backend (process \(process)): a queue prints to it directly; give that queue the device URI escpos:NAME"
        }
        if name == "pcscd" {
            return "pcscd (process \(process)); stop it for good: systemctl disable --now pcscd.socket pcscd.service"
        }
        return "the program \(name) (process \(process)); stop it"
    }

    private static func find(_ path: String) -> (process: Int, name: String)? {
        guard let wanted = identity(path) else { return nil }
        for process in entries("/proc").compactMap(Int.init).sorted() where process != Int(getpid()) {
            let folder = "/proc/\(process)"
            for file in entries("\(folder)/fd") {
                guard let found = identity("\(folder)/fd/\(file)"), found == wanted else { continue }
                return (process, name(folder))
            }
        }
        return nil
    }

    /// Device and inode of what a path leads to.
    private static func identity(_ path: String) -> (UInt, UInt)? {
        var facts = stat()
        return stat(path, &facts) == 0 ? (UInt(facts.st_dev), UInt(facts.st_ino)) : nil
    }

    private static func entries(_ folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    UnsafeRawPointer($0).withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    private static func name(_ folder: String) -> String {
        let descriptor = open("\(folder)/comm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "without a name" }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 64) { buffer, size in size = max(read(descriptor, buffer.baseAddress, 64), 0) }
        return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    }
}

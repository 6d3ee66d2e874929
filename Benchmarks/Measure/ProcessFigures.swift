import Foundation

/// What Linux tells of a running process.
struct ProcessFigures: Sendable {
    let pid: pid_t

    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    /// In bytes.
    struct Memory: Sendable {
        /// Everything that is in memory for it, also what it shares with others.
        var resident: Double
        /// The same, with its share only of what it shares.
        var proportional: Double
    }

    func memory() throws -> Memory {
        let fields = try text("smaps_rollup").split(separator: "\n").map { $0.split(separator: " ") }
        func bytes(_ name: String) throws -> Double {
            guard let value = fields.first(where: { $0.first == name[...] }).flatMap({ $0.count > 1 ? Double($0[1]) : nil }) else {
                throw Unreadable(description: "/proc/\(pid)/smaps_rollup has no \(name)")
            }
            return value * 1024
        }
        return Memory(resident: try bytes("Rss:"), proportional: try bytes("Pss:"))
    }

    /// The most that was ever resident, in bytes.
    func peak() throws -> Double {
        let line = try text("status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Double($0) }) else {
            throw Unreadable(description: "/proc/\(pid)/status has no VmHWM")
        }
        return kilobytes * 1024
    }

    /// How many sockets it has open.
    func sockets() throws -> Int {
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
        return files.count {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)"))?.hasPrefix("socket:") ?? false
        }
    }

    /// Time on a processor so far, in user and kernel mode together; Linux counts it in hundredths of a second.
    func processorTime() throws -> Duration {
        // The program's name, in brackets, may hold anything.
        let fields = try text("stat").split(separator: ")").last?.split(separator: " ") ?? []
        // proc(5): utime and stime are fields 14 and 15; two stand before the bracket's end.
        guard fields.count > 12, let user = Int(fields[11]), let kernel = Int(fields[12]) else {
            throw Unreadable(description: "/proc/\(pid)/stat has no times")
        }
        return .seconds(Double(user + kernel) / Double(sysconf(CInt(_SC_CLK_TCK))))
    }

    /// How often each of its threads has gone to sleep so far: each time, something had woken it.
    func sleeps() throws -> [pid_t: Int] {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").compactMap { pid_t($0) }
        return threads.reduce(into: [:]) { counts, thread in
            // A thread may end while the others are read.
            guard let status = try? text("task/\(thread)/status") else { return }
            let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
            counts[thread] = line?.split(separator: "\t").last.flatMap { Int($0) }
        }
    }

    /// Itself and everything that it started, and that they started.
    func family() throws -> [ProcessFigures] {
        let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
        let parents = all.reduce(into: [pid_t: pid_t]()) { parents, pid in
            // Ended since they were listed.
            guard let stat = try? ProcessFigures(pid: pid).text("stat") else { return }
            let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
            if fields.count > 1 { parents[pid] = pid_t(fields[1]) }
        }
        return all.filter { pid in
            var ancestor: pid_t? = pid
            while let current = ancestor, current != self.pid { ancestor = parents[current] }
            return ancestor == self.pid
        }.map(ProcessFigures.init)
    }

    private func text(_ name: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(name)") else {
            throw Unreadable(description: "/proc/\(pid)/\(name) cannot be read; has the process ended?")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

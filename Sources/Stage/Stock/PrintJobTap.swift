/// What a program handed to a CUPS queue by Print-Job.
struct SubmittedJob: Hashable, Sendable {
    /// `job-name`: the print id, for ours.
    var name: String
    var document: [UInt8]
}

/// Reads along what a client says to cupsd and picks out the Print-Job requests for one queue.
///
/// A pure value that is fed pieces of any size. It understands as much as a client of CUPS sends: HTTP/1.1 requests one after another
/// (RFC 9112), with a Content-Length or in chunks, each with an IPP request (RFC 8010 clause 3.1) in its body.
/// Anything else makes it deaf, never wrong: then it reports nothing more.
struct PrintJobTap: Sendable {
    private enum Place {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        /// The line end behind a chunk, and after the last one the trailers.
        case chunkEnd
        case trailers
        case deaf
    }

    /// A ticket is some kilobytes; more than this is not kept.
    static let mostBytes = 4 << 20

    private let resource: String
    private var place = Place.head
    private var pending: [UInt8] = []
    private var body: [UInt8] = []
    /// Whether the request that is being read may hold a job for our queue.
    private var isWanted = false

    init(queue: String) { resource = "/printers/\(queue)" }

    /// Takes the next bytes and returns the jobs that they complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [SubmittedJob] {
        pending.append(contentsOf: bytes)
        var jobs: [SubmittedJob] = []
        while let hasJob = step() {
            if hasJob, let job = SubmittedJob(printJob: body) { jobs.append(job) }
        }
        return jobs
    }

    /// One step; nil when bytes are missing, else whether a wanted request is complete.
    private mutating func step() -> Bool? {
        switch place {
        case .deaf:
            pending.removeAll()
            return nil
        case .head: return readHead()
        case .body(let left): return take(left, then: { .body(left: $0) })
        case .chunk(let left): return take(left, then: { .chunk(left: $0) })
        case .chunkSize:
            guard let line = line() else { return nil }
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else { return becomeDeaf() }
            place = size == 0 ? .trailers : .chunk(left: size)
            return false
        case .chunkEnd:
            guard line() != nil else { return nil }
            place = .chunkSize
            return false
        case .trailers:
            guard let line = line() else { return nil }
            if line.isEmpty { place = .head }
            return line.isEmpty && isWanted
        }
    }

    private mutating func readHead() -> Bool? {
        let end = Array("\r\n\r\n".utf8)
        guard let start = pending.indices.first(where: { pending[$0...].starts(with: end) }) else {
            return pending.count > 65_536 ? becomeDeaf() : nil
        }
        let lines = String(decoding: pending[..<start], as: UTF8.self).split(separator: "\r\n")
        pending.removeFirst(start + end.count)
        body = []
        guard let request = lines.first?.split(separator: " "), request.count == 3 else { return becomeDeaf() }
        isWanted = request[0] == "POST" && request[1] == resource
        let fields = lines.dropFirst().map { $0.lowercased().split(separator: ":", maxSplits: 1).map { $0.trimmed } }
        let value = { (name: String) in fields.first { $0.first == name }?.last }
        if value("transfer-encoding") == "chunked" {
            place = .chunkSize
        } else {
            guard let length = Int(value("content-length") ?? "0"), length >= 0 else { return becomeDeaf() }
            place = length == 0 ? .head : .body(left: length)
        }
        return false
    }

    /// Takes up to `left` bytes of a body or a chunk.
    private mutating func take(_ left: Int, then further: (Int) -> Place) -> Bool? {
        guard !pending.isEmpty else { return nil }
        let count = min(left, pending.count)
        if isWanted { body.append(contentsOf: pending[..<count]) }
        if body.count > Self.mostBytes { isWanted = false }
        pending.removeFirst(count)
        if count < left {
            place = further(left - count)
            return false
        }
        if case .chunk = place {
            place = .chunkEnd
            return false
        }
        place = .head
        return isWanted
    }

    private mutating func line() -> String? {
        guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        return line.hasSuffix("\r") ? String(line.dropLast()) : line
    }

    private mutating func becomeDeaf() -> Bool? {
        place = .deaf
        return false
    }
}

extension SubmittedJob {
    /// Reads an IPP request; nil unless it is a whole Print-Job (operation 0002h) with a name.
    init?(printJob request: [UInt8]) {
        guard request.count > 8, request[2] == 0, request[3] == 2 else { return nil }
        var position = 8
        var name: String?
        // Attributes: tag, length and name, length and value; tags below 10h part the groups, 03h ends them.
        while position < request.count, request[position] != 3 {
            if request[position] < 0x10 {
                position += 1
                continue
            }
            guard let key = Self.octets(request, at: position + 1), let value = Self.octets(request, at: key.endIndex) else { return nil }
            if key.elementsEqual("job-name".utf8) { name = String(decoding: value, as: UTF8.self) }
            position = value.endIndex
        }
        guard position < request.count, let name else { return nil }
        self.init(name: name, document: Array(request[(position + 1)...]))
    }

    /// Two octets of length and that many octets.
    private static func octets(_ bytes: [UInt8], at start: Int) -> ArraySlice<UInt8>? {
        guard start + 2 <= bytes.count else { return nil }
        let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
        guard start + 2 + length <= bytes.count else { return nil }
        return bytes[(start + 2)..<(start + 2 + length)]
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

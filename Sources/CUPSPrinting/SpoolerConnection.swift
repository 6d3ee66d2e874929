import CCUPS
import Glibc

/// One HTTP connection to the scheduler, closed exactly once. Every call blocks, at most for the time-out.
struct SpoolerConnection: ~Copyable {
    private let http: OpaquePointer
    private let address: SpoolerAddress

    init(_ address: SpoolerAddress, timeout: Duration) throws(SpoolerError) {
        let (host, port) =
            switch address {
            case .socket(let path): (path, 0)
            case .host(let host, let port): (host, port)
            }
        if case .socket(let path) = address, path.utf8.count > 107 {
            throw SpoolerError(.invalid, "\(path) is longer than the 107 octets of a unix socket's path; choose a shorter directory")
        }
        let milliseconds = CInt(timeout.components.seconds * 1000)
        guard let http = httpConnect2(host, CInt(port), nil, AF_UNSPEC, HTTP_ENCRYPTION_IF_REQUESTED, 1, milliseconds, nil) else {
            throw SpoolerError(
                .unreachable, "no CUPS scheduler listens at \(address): \(Self.lastError); is cupsd running?")
        }
        // The callback answers "give up": libcups would wait for ever.
        httpSetTimeout(http, Double(timeout.components.seconds), { _, _ in 0 }, nil)
        self.http = http
        self.address = address
    }

    deinit { httpClose(http) }

    /// One request with its data, and the answer; all in one synchronous call, because libcups
    /// keeps its last error per thread.
    func exchange(_ request: consuming IPPMessage, to resource: String, data: [UInt8] = []) throws(SpoolerError) -> IPPMessage {
        let length = ippLength(request.pointer) + data.count
        var status = cupsSendRequest(http, request.pointer, resource, length)
        if status == HTTP_STATUS_CONTINUE, !data.isEmpty {
            status = data.withUnsafeBytes { cupsWriteRequestData(http, $0.baseAddress, $0.count) }
        }
        guard status == HTTP_STATUS_CONTINUE || status == HTTP_STATUS_OK else { throw broken("HTTP status \(status.rawValue)") }
        guard let answer = cupsGetResponse(http, resource) else { throw broken("no answer") }
        let response = IPPMessage(owning: answer)
        let code = ippGetStatusCode(response.pointer)
        // RFC 8011 clause 4.1.6: 0000h to 00FFh are successes.
        guard code.rawValue >= 0, code.rawValue <= 0xFF else {
            let message = response.text("status-message") ?? ""
            throw SpoolerError(.refused, "CUPS at \(address) refused: \(String(cString: ippErrorString(code))). \(message)")
        }
        return response
    }

    /// What libcups says of this thread's last error; it has no words for a connection that was closed before anything was wrong.
    private static var lastError: String {
        guard let words: UnsafePointer<CChar> = cupsLastErrorString() else { return "the connection was closed" }
        return String(cString: words)
    }

    private func broken(_ what: String) -> SpoolerError {
        SpoolerError(.interrupted, "the exchange with CUPS at \(address) broke off (\(what)): \(Self.lastError)")
    }
}

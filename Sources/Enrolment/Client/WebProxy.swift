public import AsyncHTTPClient

/// A proxy that lets connections to a centre through, by CONNECT (RFC 9110 clause 9.3.6). It sees names and sizes, nothing else:
/// TLS goes through it from end to end, with both certificates.
public struct WebProxy: Hashable, Sendable, CustomStringConvertible {
    /// A DNS name or an IPv4 address.
    public let host: String
    /// 1 to 65535.
    public let port: Int

    /// - Parameter text: `HOST:PORT`, nil for anything else.
    public init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([A-Za-z0-9.-]{1,253}):([0-9]{1,5})/), let port = Int(match.2), 1...65_535 ~= port else {
            return nil
        }
        (host, self.port) = (String(match.1), port)
    }

    public var description: String { "\(host):\(port)" }
    /// For the HTTP client.
    public var settings: HTTPClient.Configuration.Proxy { .server(host: host, port: port) }
}

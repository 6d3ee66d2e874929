public import AsyncHTTPClient

/// A proxy that lets connections to a centre through, by CONNECT (RFC 9110 clause 9.3.6). It sees names and sizes, nothing else:
/// TLS goes through it from end to end, with both certificates.
public struct WebProxy: Hashable, Sendable, CustomStringConvertible {
    /// A DNS name or an IPv4 address.
    public let host: String
    /// 1 to 65535.
    public let port: Int
    /// What it is told of who calls; nil: it asks nobody.
    public var login: ProxyLogin?

    /// - Parameter text: `HOST:PORT`, nil for anything else.
    public init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([A-Za-z0-9.-]{1,253}):([0-9]{1,5})/), let port = Int(match.2), 1...65_535 ~= port else {
            return nil
        }
        (host, self.port) = (String(match.1), port)
    }

    public var description: String { "\(host):\(port)" }
    /// For the HTTP client.
    public var settings: HTTPClient.Configuration.Proxy { .server(host: host, port: port, authorization: login?.authorization) }

    /// What to say of a failure that is the proxy's own word; nil: it is something else.
    public func words(of error: any Error) -> String? {
        switch error as? HTTPClientError {
        case .proxyAuthenticationRequired:
            guard let login else {
                return
                    "the proxy \(self) asks for a name and a password (407): write NAME:PASSWORD into a file of mode 0600, and name that "
                    + "with centre_proxy_login at a kiosk, --proxy-login at a centre"
            }
            return "the proxy \(self) refuses \(login) (407): correct it, or ask whoever runs the proxy, then start this program again"
        case .invalidProxyResponse:
            return "the proxy \(self) does not let this connection through: ask whoever runs it to allow CONNECT to this host and port"
        default: return nil
        }
    }
}

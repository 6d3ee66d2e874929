import AsyncHTTPClient
import Enrolment
import Glibc
import NIOCore
import NIOHTTP1

/// Whether somebody answers at a URL.
enum HTTPHealth {
    static let limit = Duration.seconds(3)

    /// The status of one GET, tried once.
    static func status(_ url: String, as identity: DeviceIdentity? = nil, through proxy: WebProxy? = nil) async throws -> Int {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3), read: .seconds(3)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = proxy?.settings
        configuration.tlsConfiguration = try identity?.clientTLS()
        do {
            return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                Int(try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(3)).status.code)
            }
        } catch let error as HTTPClientError where [.connectTimeout, .deadlineExceeded, .readTimeout].contains(error) {
            throw TimedOut(limit: limit)
        } catch  where ClientTLS.isDistrust(error) {
            throw SystemFailure(description: "TLS: the server has no certificate of this kiosk's centre for this name")
        } catch {
            if let words = proxy?.words(of: error) { throw SystemFailure(description: words) }
            guard let error = error as? IOError else { throw error }
            throw SystemFailure(description: String(cString: strerror(error.errnoCode)))
        }
    }
}

import AsyncHTTPClient
import Foundation
import KioskCore
import NIOCore
import NIOHTTP1
import NIOSSL

/// How a client of a centre gets its first certificate and the next ones.
public struct EnrolmentClient: Sendable {
    /// With a slash at the end.
    public let url: String
    private let proxy: WebProxy?

    /// - Parameters:
    ///   - url: of the centre's door for kiosks, e.g. `https://centre.example:7443/`.
    ///   - proxy: nil where the centre can be reached without one.
    public init(url: String, proxy: WebProxy? = nil) {
        self.url = url.hasSuffix("/") ? url : url + "/"
        self.proxy = proxy
    }

    /// Makes the kiosk's key, proves the code to the centre that it is of, and keeps what the centre answers in `folder`.
    public func enrol(_ code: EnrolmentCode, _ name: DeviceName, folder: String) async throws(EnrolmentError) -> DeviceIdentity {
        let authority = try await confirmedAuthority(code)
        let key = DeviceKey()
        let request = try key.request(for: name)
        let keyring = code.keyring
        let reply = try await ask(
            "v1/enrolment",
            EnrolmentRequest(
                id: Data(keyring.id), site: name.site.rawValue, kiosk: name.kiosk.rawValue, request: Data(request),
                proof: Data(keyring.proof(name, request: request))), try ClientTLS.trusting(authority))
        let identity = try key.identity(reply, name: name, authority: authority)
        try DeviceIdentity.keep(sealingKey: reply.sealingKey, folder: folder)
        try identity.save(folder: folder)
        return identity
    }

    /// Gets the certificate that follows `identity`, for a new key, over a connection with the old one, and the sealing key that the
    /// centre has now. Nothing is kept yet.
    public func renewal(of identity: DeviceIdentity) async throws(EnrolmentError) -> (identity: DeviceIdentity, sealingKey: String) {
        let key = DeviceKey()
        let name = identity.certificate.name
        let reply = try await ask(
            "v1/enrolment/renewal", RenewalRequest(request: Data(try key.request(for: name))), try identity.clientTLS())
        return (try key.identity(reply, name: name, authority: identity.authority), reply.sealingKey)
    }

    /// Asks whoever answers who its authority is, and believes it only if it is the one that the code names.
    private func confirmedAuthority(_ code: EnrolmentCode) async throws(EnrolmentError) -> AuthorityCertificate {
        let (status, body) = try await exchange(HTTPClientRequest(url: url + "v1/authority"), ClientTLS.asking)
        guard status == 200, let authority = try? AuthorityCertificate(pem: String(decoding: body, as: UTF8.self)) else {
            throw EnrolmentError(.answer, "\(url) is no centre's door for kiosks (HTTP \(status)); use the address of its --tls")
        }
        guard code.names(authority.fingerprint) else {
            throw EnrolmentError(
                .centre,
                "whoever answers at \(url) is not the centre that gave this code. Check the address; if it is right, somebody is "
                    + "between, or the centre's authority was replaced since: get a new code")
        }
        return authority
    }

    private func ask(_ path: String, _ question: some Encodable, _ tls: TLSConfiguration) async throws(EnrolmentError) -> EnrolmentReply {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        do {
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(question)))
        } catch {
            throw EnrolmentError(.malformed, "the request cannot be written: \(error)")
        }
        let (status, body) = try await exchange(request, tls)
        guard status == 200 else {
            let refusal = try? JSONDecoder().decode(RefusalMessage.self, from: body)
            throw EnrolmentError(
                .refused, refusal?.error.message ?? "\(url)\(path): HTTP \(status): \(String(decoding: body.prefix(300), as: UTF8.self))")
        }
        do {
            return try JSONDecoder().decode(EnrolmentReply.self, from: body)
        } catch {
            throw EnrolmentError(.answer, "\(url)\(path) did not answer with a certificate: \(error)")
        }
    }

    private func exchange(_ asked: HTTPClientRequest, _ tls: TLSConfiguration) async throws(EnrolmentError) -> (status: UInt, body: Data) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            // Over a thin line that loses every fifth packet, a handshake takes seconds.
            timeout: .init(connect: .seconds(20), read: .seconds(60)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = tls
        configuration.proxy = proxy?.settings
        do {
            return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let response = try await client.execute(asked, timeout: .seconds(60))
                return (response.status.code, Data(try await response.body.collect(upTo: 64 * 1024).readableBytesView))
            }
        } catch  where ClientTLS.isDistrust(error) {
            throw EnrolmentError(.centre, ClientTLS.distrust(url))
        } catch {
            throw EnrolmentError(.answer, "\(url) did not answer: \(proxy?.words(of: error) ?? "\(error)")")
        }
    }
}

import AsyncHTTPClient
import CentralServer
import Conditions
import Enrolment
import Foundation
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle
import SyncProtocol
import SyncTransport
import Synchronization

@testable import KioskRuntime

/// A centre whose kiosks come in over mutual TLS, in this process and in a folder of its own.
struct Door: Sendable {
    let folder: String
    let store: CentralStore
    let register: DeviceRegister
    /// Of its door for kiosks.
    let url: String
    private let offset: Offset

    /// How wrong the centre's clock is, in days.
    private final class Offset: Sendable {
        let days = Mutex<Int64>(0)
    }

    static let mpp1 = DeviceName("pekanbaru/mpp-1")!

    /// Where the centre keeps its store.
    var centre: String { "\(folder)/centre" }

    /// - Parameters:
    ///   - days: how far ahead the centre's clock is from the beginning.
    ///   - kept: a folder that outlives this run; without it one that vanishes.
    ///   - port: where the door is; 0 takes any.
    ///   - above: the door of the centre above, and the keys for that.
    static func opened(
        names: [String] = ["127.0.0.1"], days: Int64 = 0, in kept: String? = nil, port: Int = 0,
        above: (url: String, keys: Credentials)? = nil, _ body: @Sendable (Door) async throws -> Void
    ) async throws {
        let folder = kept ?? "/tmp/anjungan-door-\(UUID().uuidString.prefix(8))"
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let offset = Offset()
        offset.days.withLock { $0 = days }
        let register = try await DeviceRegister.open(directory: "\(folder)/centre", now: .present.adding(days))
        let store = try await CentralStore.open(directory: "\(folder)/centre")
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try CentralServer(
            store: store,
            configuration: .init(
                address: ListenAddress(port: 0), pageDirectory: "\(KioskBench.root)/Kiosk/central",
                kiosks: KioskDoor(address: ListenAddress(port: port), names: names, register: register),
                clock: { .present.adding(offset.days.withLock { $0 }) }),
            logger: KioskBench.logger, onKiosksListening: { listening.yield($0.port) }, onListening: { _ in })
        let news = above.map { CentreClient(url: $0.url, credentials: $0.keys, waits: true) }
        let passing = news.map { UpstreamNotices(server, from: $0, credentials: above?.keys, logger: KioskBench.logger) }
        let services = ServiceGroup(
            services: [server] + (passing.map { [$0] } ?? []), gracefulShutdownSignals: [], logger: KioskBench.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            try await body(
                Door(folder: folder, store: store, register: register, url: "https://127.0.0.1:\(port)/", offset: offset))
            await services.triggerGracefulShutdown()
            try await group.next()
        }
        try await news?.close()
        try await store.close()
    }

    /// Lets the centre's clock be so many days ahead while `body` works.
    func ahead(days: Int64, _ body: () async throws -> Void) async throws {
        offset.days.withLock { $0 = days }
        try await body()
        offset.days.withLock { $0 = 0 }
    }

    /// Enrols a kiosk in a folder of its own.
    func enrolled(_ name: DeviceName = mpp1) async throws -> Credentials {
        let home = "\(folder)/\(name.kiosk)-\(UUID().uuidString.prefix(4))"
        let code = try await register.newCode(name.site, name.kiosk, at: .present)
        _ = try await EnrolmentClient(url: url).enrol(code, name, folder: home)
        return Credentials(folder: home)
    }

    /// An identity that `authority` signed, past the register.
    func identity(
        by authority: CertificateAuthority, trusting: AuthorityCertificate? = nil, _ name: DeviceName = mpp1, at now: WallTime = .present
    ) throws -> Credentials {
        let key = DeviceKey()
        let certificate = try authority.certify(name, request: try key.request(for: name), now: now)
        let reply = EnrolmentReply(certificate: certificate.pem, authority: "", sealingKey: "")
        var identity = try key.identity(reply, name: name, authority: authority.certificate)
        if let trusting { identity = try identity.trusting(trusting) }
        let home = "\(folder)/made-\(UUID().uuidString.prefix(4))"
        try identity.save(folder: home)
        return Credentials(folder: home)
    }

    /// Calls the centre as a kiosk does, and returns what it answered.
    func call(_ identity: Credentials?, as name: DeviceName = mpp1) async throws -> Result<Acknowledgement, SyncMachine.Failure> {
        let client = CentreClient(url: url, credentials: identity)
        let result: Result<Acknowledgement, SyncMachine.Failure>
        do throws(SyncMachine.Failure) {
            result = .success(try await client.send(Self.batch(name)))
        } catch {
            result = .failure(error)
        }
        try await client.close()
        return result
    }

    /// A batch without entries: a kiosk asks where the centre stands.
    static func batch(_ name: DeviceName) -> Batch {
        let epoch = Epoch(octets: [UInt8](repeating: 7, count: 16))!
        return Batch(
            chain: ChainName(site: name.site, kiosk: name.kiosk, epoch: epoch, lane: .transactions), head: .start, entries: [])
    }

    /// One request as anybody could make it.
    func post(_ path: String, _ body: [UInt8], _ tls: TLSConfiguration, signature: String?) async throws -> (status: Int, text: String) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.tlsConfiguration = tls
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            var request = HTTPClientRequest(url: url + path)
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: body))
            if let signature { request.headers.add(name: BatchSignature.header, value: signature) }
            let response = try await client.execute(request, timeout: .seconds(600))
            return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
        }
    }

    /// What the manager is told of who was turned away.
    func refusals() async throws -> [String] {
        try await register.refusals(at: .present.adding(1)).map { "\($0.site)/\($0.kiosk) \($0.code)" }.sorted()
    }
}

extension WallTime {
    static var present: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    func adding(_ days: Int64) -> WallTime { WallTime(milliseconds: milliseconds + days * 86_400_000) }
}

extension Credentials {
    /// What the technician reads.
    var condition: ConditionCode? { trouble?.condition.code }
}

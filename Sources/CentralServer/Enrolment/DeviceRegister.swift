import Crypto
public import Enrolment
import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// Which kiosks may send: the centre's authority, the codes it gave out, and every certificate that it issued.
///
/// A database of its own beside the store, with a rollback journal instead of a write-ahead log, so that `anjungan-central enroll`
/// and `revoke` may write while a centre runs, and their word holds from the next request on.
public actor DeviceRegister {
    private let executor = StoreExecutor()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Signs the certificates of kiosks and of the centre's own server.
    public nonisolated let authority: CertificateAuthority
    /// The centre's public key, in PEM, to which kiosks seal personal data.
    nonisolated let sealingKey: String
    let path: String
    private let queue: DatabaseQueue
    /// Refusals are written down at the speed of a disk, by whoever knocks.
    var notes = NoteLimit()

    /// Opens the register of the store in `directory`, and makes it with all keys where it is missing.
    public static func open(directory: String, now: WallTime) async throws(StoreError) -> DeviceRegister {
        let folder = StoreFolder(path: directory)
        try folder.make()
        do {
            let authority = try CertificateAuthority.open(path: folder.authority, now: now)
            let opening = try OpeningKeyFile.publicKey(of: folder.openingKey)
            return try DeviceRegister(folder, authority, sealingKey: opening)
        } catch let error as EnrolmentError {
            throw StoreError(.failed, error.detail)
        } catch {
            throw StoreError(error, at: folder.register)
        }
    }

    /// Opens it where it is already; nil where no kiosk was ever given a code.
    public static func existing(directory: String, now: WallTime) async throws(StoreError) -> DeviceRegister? {
        guard FileManager.default.fileExists(atPath: StoreFolder(path: directory).register) else { return nil }
        return try await open(directory: directory, now: now)
    }

    private init(_ folder: StoreFolder, _ authority: CertificateAuthority, sealingKey: String) throws {
        self.authority = authority
        self.sealingKey = sealingKey
        path = folder.register
        try folder.makeFile(path)
        var configuration = Configuration()
        configuration.label = "register"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = EXTRA") }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        guard try !queue.read(RegisterSchema.migrator.hasBeenSuperseded) else {
            throw StoreError(.newer, "\(path) was written by a newer version of this program; install that version again")
        }
        try queue.read { try $0.requireSound(.whole, at: folder.register) }
        try RegisterSchema.migrator.migrate(queue)
        try queue.read { try RegisterSchema.migrator.requireTables(in: $0, at: folder.register) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.read(body) } catch { throw StoreError(error, at: path) }
    }

    /// One durable transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.write(body) } catch { throw StoreError(error, at: path) }
    }

    /// `PRAGMA synchronous`, and 0 for a rollback journal, read back from the connection itself.
    func durability() throws(StoreError) -> [Int] {
        try read { database in
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            return [try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0, mode == "delete" ? 0 : 1]
        }
    }

    // MARK: Kiosks

    /// What is known of a certificate. Only the very octets that were issued count.
    func standing(of device: DeviceCertificate) throws(StoreError) -> DeviceCertificate.Standing {
        try read { database in
            guard let row = try database.row("SELECT der, revoked, replaced FROM certificates WHERE serial = ?", [device.serial]),
                [UInt8](row["der"] as Data) == device.der
            else { return .unknown }
            guard let ended = row["revoked"] as Int64? else { return .issued }
            return row["replaced"] ? .replaced(WallTime(milliseconds: ended)) : .revoked
        }
    }

    /// How many certificates were ended before their time.
    func revocations() throws(StoreError) -> Int {
        try read { try $0.row("SELECT count(*) AS count FROM certificates WHERE revoked IS NOT NULL")?["count"] ?? 0 }
    }

    /// When a certificate was issued; nil: not here.
    func issued(_ device: DeviceCertificate) throws(StoreError) -> WallTime? {
        try read { try $0.row("SELECT issued FROM certificates WHERE serial = ?", [device.serial])?["issued"] }.map(
            WallTime.init(milliseconds:))
    }

    /// Whether a batch that came by no kiosk's own connection, but on a stick, may be taken: one of a kiosk that was ever enrolled here must bear its signature, also by
    /// an earlier key, since a stick may travel longer than a certificate lasts; no key that was revoked counts. A kiosk that was
    /// never enrolled, in a mall without a network, has no keys to sign with. Who is refused is kept for the report.
    public func admit(_ batch: Batch, signature: BatchSignature?, at now: WallTime) throws {
        let name = DeviceName(site: batch.chain.site, kiosk: batch.chain.kiosk)
        let issued = try read { try $0.rows("SELECT der, revoked FROM certificates WHERE site = ? AND kiosk = ?", name.key) }
        guard !issued.isEmpty else { return }
        let octets = batch.octets
        let isSigned = try issued.contains { row in
            guard let signature, (row["revoked"] as Int64?) == nil else { return false }
            return try DeviceCertificate(der: [UInt8](row["der"] as Data)).isSignature(signature, of: octets)
        }
        guard !isSigned else { return }
        let refusal = DeviceRefusal(
            .signature,
            "a batch of \(name) on a stick does not bear the signature of a key that is enrolled here and was not revoked; "
                + "export it again at the kiosk", claimed: name)
        _ = try note(refusal, at: now)
        throw refusal
    }

    /// From now on nothing is taken from this kiosk until it is enrolled again. Returns how many certificates that ended.
    public func revoke(_ name: DeviceName, at now: WallTime) throws(StoreError) -> Int {
        try write { try Self.end(name, replaced: false, at: now, in: $0) }
    }

    /// Ends what was issued under this name. `replaced`: for another machine that has the name from now on.
    static func end(_ name: DeviceName, replaced: Bool, at now: WallTime, in database: Database) throws -> Int {
        try database.run(
            "UPDATE certificates SET revoked = ?, replaced = ? WHERE site = ? AND kiosk = ? AND revoked IS NULL",
            [now.milliseconds, replaced] + name.key)
        return database.changesCount
    }

    /// Keeps a certificate that was signed.
    static func keep(_ device: DeviceCertificate, issued now: WallTime, in database: Database) throws {
        try database.run(
            "INSERT INTO certificates (serial, site, kiosk, der, issued, ends) VALUES (?, ?, ?, ?, ?, ?)",
            [device.serial] + device.name.key + [Data(device.der), now.milliseconds, device.ends.milliseconds])
    }

    func reply(_ device: DeviceCertificate) -> EnrolmentReply {
        EnrolmentReply(certificate: device.pem, authority: authority.certificate.pem, sealingKey: sealingKey)
    }
}

extension DeviceName {
    var key: StatementArguments { [site.rawValue, kiosk.rawValue] }
}

/// The private key that opens what kiosks seal; made with the register, kept beside it.
enum OpeningKeyFile {
    /// The key itself in PEM; drawn where there is none.
    static func privateKey(of path: String) throws(EnrolmentError) -> String {
        try KeyFile.made(at: path) { P256.KeyAgreement.PrivateKey().pemRepresentation + "\n" }
    }

    /// The public half in PEM.
    static func publicKey(of path: String) throws(EnrolmentError) -> String {
        let pem = try privateKey(of: path)
        do {
            return try P256.KeyAgreement.PrivateKey(pemRepresentation: pem).publicKey.pemRepresentation + "\n"
        } catch {
            throw EnrolmentError(.malformed, "\(path) is no P-256 private key in PEM (\(error)); restore it from a backup")
        }
    }
}

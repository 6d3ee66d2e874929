import Crypto
import Foundation
import GRDB
import KioskCore
public import SyncProtocol

extension EntryHasher {
    /// SHA-256 of swift-crypto.
    public static let swiftCrypto = EntryHasher { octets in
        EntryHash(octets: Array(SHA256.hash(data: octets))) ?? .none
    }
}

/// Whose journal this is, and in which run of the program.
struct Life: Sendable {
    var site: SiteID
    var kiosk: KioskID
    var epoch: Epoch
    /// From 1; grows with each opening.
    var run: Int

    func chain(_ lane: Lane) -> ChainName { ChainName(site: site, kiosk: kiosk, epoch: epoch, lane: lane) }
}

/// Appends entries to the chains within a transaction.
struct EntryWriter: Sendable {
    let life: Life
    let environment: JournalEnvironment
    let sealer: Sealer?
    let sha256 = EntryHasher.swiftCrypto

    /// Encodes `body`, seals `nik` if there is one, and stores the entry behind the last of its lane.
    @discardableResult
    func append<Body: EntryBody>(
        _ body: Body, lane: Lane = .transactions, day: ServiceDay, clock: ClockReading, nik: Secret? = nil, in database: Database
    ) throws -> EntryHeader {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let octets = [UInt8](try encoder.encode(body))
        let head = try Self.head(lane, in: database)
        var header = EntryHeader(
            lane: lane, site: life.site, kiosk: life.kiosk, kind: Body.kind, epoch: life.epoch, id: identity(clock.wall),
            sequence: head.sequence + 1, schema: Body.schema, day: day, clock: clock, previous: head.hash, body: part(octets), sealed: nil)
        var sealed: SealedPart?
        if let nik {
            guard let sealer else {
                throw JournalError(.noRecipient, "a NIK cannot be kept without the centre's public key; configure its file")
            }
            let part = try sealer.seal(nik: nik, context: header.sealingContext)
            header.sealed = SealedDigest(ciphertext: self.part(part.ciphertext), wrappedKey: sha256(part.wrappedKey ?? []))
            sealed = part
        }
        let headerOctets = header.octets
        try database.run(
            "INSERT INTO entries (lane, seq, header, body, sealed, wrapped_key, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                Int(lane.rawValue), Int64(header.sequence), Data(headerOctets), Data(octets), sealed.map { Data($0.ciphertext) },
                sealed?.wrappedKey.map { Data($0) }, Data(sha256(headerOctets).octets),
            ])
        return header
    }

    /// A new UUIDv7 of that time.
    func identity(_ time: WallTime) -> UUIDv7 {
        let octets = environment.random(16)
        let word = { (range: Range<Int>) in octets[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return UUIDv7(time: time, random: (word(0..<8), word(8..<16)))
    }

    /// The last entry of a lane.
    static func head(_ lane: Lane, in database: Database) throws -> ChainPosition {
        guard
            let row = try database.row("SELECT seq, hash FROM entries WHERE lane = ? ORDER BY seq DESC LIMIT 1", [Int(lane.rawValue)])
        else { return .start }
        guard let hash = EntryHash(octets: [UInt8](row["hash"] as Data)) else {
            throw JournalError(
                .corrupted,
                "entry \(row["seq"] as Int64) has no chain hash of 32 octets; keep a copy of the folder, and restore the journal or start a new one"
            )
        }
        return ChainPosition(sequence: UInt64(row["seq"] as Int64), hash: hash)
    }

    private func part(_ octets: [UInt8]) -> EntryPart { EntryPart(length: UInt32(octets.count), hash: sha256(octets)) }
}

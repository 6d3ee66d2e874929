import Crypto
import Foundation
import GRDB
import KioskCore
import SQLiteAccess
public import SyncProtocol

extension EntryHasher {
    /// SHA-256 of swift-crypto.
    public static let swiftCrypto = EntryHasher { octets in
        SHA256.hash(data: octets).withUnsafeBytes { EntryHash(octets: $0) } ?? .none
    }
}

/// Whose journal this is, and in which run of the program.
struct Life: Sendable {
    var site: SiteID
    var kiosk: KioskID
    /// From 1; grows with each new epoch.
    var number: Int
    var epoch: Epoch
    /// From 1; grows with each opening.
    var run: Int

    func number(_ lane: Lane) -> ChainNumber { ChainNumber(life: number, lane) }
    func name(of chain: StoredChain) -> ChainName { ChainName(site: site, kiosk: kiosk, epoch: chain.epoch, lane: chain.number.lane) }
}

/// Appends entries to the chains within a transaction.
struct EntryWriter: Sendable {
    var life: Life
    let environment: JournalEnvironment
    let statements: TicketStatements
    /// Changes with the centre's key.
    var sealer: Sealer?
    /// Octets in use from which on telemetry is left out.
    let telemetryLimit: Int64
    let sha256 = EntryHasher.swiftCrypto
    /// Where the chains end, as far as that was looked up or written here; good until a transaction is undone.
    private(set) var heads: [ChainNumber: ChainPosition] = [:]

    /// Encodes `body`, seals what is personal, and stores the entry as the last of the transactions.
    @discardableResult
    mutating func append<Body: EntryBody>(
        _ body: Body, day: ServiceDay, clock: ClockReading, sealing particulars: Particulars = .none, in database: Database
    ) throws -> EntryHeader {
        try append(body, .transactions, day, clock, particulars, in: database)
    }

    /// Stores an entry as the last of the telemetry, or leaves it out where the journal runs short of room:
    /// what is stored already keeps its chain without a hole, and transactions have the rest.
    mutating func note<Body: EntryBody>(_ body: Body, day: ServiceDay, clock: ClockReading, in database: Database) throws {
        guard try database.usedOctets() < telemetryLimit else {
            return try database.run("UPDATE chains SET unrecorded = unrecorded + 1 WHERE number = ?", [life.number(.telemetry).rawValue])
        }
        try append(body, .telemetry, day, clock, .none, in: database)
    }

    /// A transaction was undone, or part of one: what was written here may not be there.
    mutating func forgetHeads() { heads = [:] }

    @discardableResult
    private mutating func append<Body: EntryBody>(
        _ body: Body, _ lane: Lane, _ day: ServiceDay, _ clock: ClockReading, _ particulars: Particulars, in database: Database
    ) throws -> EntryHeader {
        let octets = body.octets
        let chain = life.number(lane)
        let head = try heads[chain] ?? StoredChain.head(of: chain, in: database)
        var header = EntryHeader(
            lane: lane, site: life.site, kiosk: life.kiosk, kind: Body.kind, epoch: life.epoch, id: environment.identity(clock.wall),
            sequence: head.sequence + 1, schema: Body.schema, day: day, clock: clock, previous: head.hash, body: part(octets), sealed: nil)
        var sealed: SealedPart?
        if particulars != .none {
            guard let sealer else {
                throw JournalError(.noRecipient, "nothing personal can be kept without the centre's public key; configure its file")
            }
            let part = try sealer.seal(particulars, context: header.sealingContext)
            header.sealed = SealedDigest(ciphertext: self.part(part.ciphertext), wrappedKey: sha256(part.wrappedKey ?? []))
            sealed = part
        }
        let headerOctets = header.octets
        let hash = sha256(headerOctets)
        try statements.entry(in: database).quickly {
            $0.put(chain.rawValue)
            $0.put(header.sequence)
            $0.put(headerOctets)
            $0.put(octets)
            $0.put(sealed?.ciphertext)
            $0.put(sealed?.wrappedKey)
            $0.put(hash.octets)
        }
        heads[chain] = ChainPosition(sequence: header.sequence, hash: hash)
        return header
    }

    private func part(_ octets: [UInt8]) -> EntryPart { EntryPart(length: UInt32(octets.count), hash: sha256(octets)) }
}

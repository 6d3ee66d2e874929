import Crypto
import KioskCore
import SyncProtocol

let sha256 = EntryHasher { octets in EntryHash(octets: Array(SHA256.hash(data: octets)))! }

/// A header with a recognisable value in every field.
func sampleHeader(
    lane: Lane = .transactions, sequence: UInt64 = 0x0102_0304_0506_0708, previous: EntryHash = EntryHash(octets: Array(0xC0...0xDF))!,
    body: [UInt8] = Array(#"{"a":1}"#.utf8), sealed: SealedPart? = SealedPart(ciphertext: [1, 2, 3], wrappedKey: [4, 5])
) -> EntryHeader {
    EntryHeader(
        lane: lane, site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, kind: .ticketIssued, epoch: Epoch(octets: Array(0x10...0x1F))!,
        id: UUIDv7(time: WallTime(milliseconds: 0x0199_0000_0001), random: (0xABC, 0x0123_4567_89AB_CDEF)), sequence: sequence,
        schema: 1, day: ServiceDay(number: 20_778),
        clock: ClockReading(
            wall: WallTime(milliseconds: -2), quality: .synchronized, boot: BootID(octets: Array(0x20...0x2F))!, monotonic: 0x0A0B0C),
        previous: previous, body: EntryPart(length: UInt32(body.count), hash: sha256(body)),
        sealed: sealed.map {
            SealedDigest(
                ciphertext: EntryPart(length: UInt32($0.ciphertext.count), hash: sha256($0.ciphertext)), wrappedKey: sha256($0.wrappedKey!))
        })
}

/// A sound chain; every third entry has a sealed part.
func sampleChain(_ count: Int, lane: Lane = .transactions) -> [Entry] {
    var entries: [Entry] = []
    for index in 1...count {
        let body = Array("{\"ordinal\":\(index)}".utf8)
        let sealed = index % 3 == 0 ? SealedPart(ciphertext: [UInt8(index), 7, 7], wrappedKey: [UInt8(index), 9]) : nil
        let header = sampleHeader(
            lane: lane, sequence: UInt64(index), previous: entries.last?.chainHash(sha256) ?? .none, body: body, sealed: sealed)
        entries.append(Entry(header: header, body: body, sealed: sealed))
    }
    return entries
}

func sampleVerifier(_ lane: Lane = .transactions) -> ChainVerifier {
    let header = sampleHeader()
    return ChainVerifier(ChainName(site: header.site, kiosk: header.kiosk, epoch: header.epoch, lane: lane), sha256: sha256)
}

func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

import Foundation
import Journal
import KioskCore
import Secrets
import SyncProtocol
import Testing

@Suite struct SealingTests {
    func issued(_ folder: TemporaryFolder, _ key: OpeningKey) async throws -> (journal: Journal, entry: Entry) {
        let journal = try await openJournal(folder, recipient: key.sealingKey)
        _ = try await journal.issue(request(nik: nik))
        return (journal, try #require(try await journal.entries(after: 0, lane: .transactions, limit: 1).first))
    }

    @Test func theCentreReadsWhatTheKioskSealed() async throws {
        let folder = try TemporaryFolder()
        let key = OpeningKey()
        let (_, entry) = try await issued(folder, key)
        let clear = try #require(try key.open(entry))
        #expect(clear.withBytes { String(decoding: $0, as: UTF8.self) } == #"{"nik":"1471011708900001"}"#)
        #expect(entry.text.contains(#""sealed":["nik"]"#))
    }

    @Test func theNumberIsInNoFileOfTheJournal() async throws {
        let folder = try TemporaryFolder()
        let (journal, entry) = try await issued(folder, OpeningKey())
        // Both as the WAL holds it and as the database does.
        for closed in [false, true] {
            if closed { try await journal.close() }
            let files = try folder.files()
            #expect(files.keys.contains("journal.sqlite-wal") == !closed)
            #expect(files.values.contains { $0.range(of: Data(entry.body)) != nil }, "the search must be able to find what is there")
            for (name, octets) in files {
                #expect(octets.range(of: Data(nik)) == nil, "the NIK stands in \(name)")
                #expect(octets.range(of: Data(nik.suffix(8))) == nil, "half the NIK stands in \(name)")
                #expect(octets.range(of: Data(Data(nik).base64EncodedString().utf8.prefix(20))) == nil, "base64 stands in \(name)")
            }
        }
    }

    @Test func aSealedPartOpensInItsOwnEntryOnly() async throws {
        let folder = try TemporaryFolder()
        let key = OpeningKey()
        let (journal, entry) = try await issued(folder, key)
        _ = try await journal.issue(request(nik: nik))
        let other = try #require(try await journal.entries(after: 1, lane: .transactions, limit: 1).first)
        let moved = Entry(header: other.header, body: other.body, sealed: entry.sealed)
        #expect(throws: JournalError(.sealing, "")) { try key.open(moved) }

        for change in [
            { $0.site = SiteID("padang")! }, { $0.kiosk = KioskID("k2")! }, { $0.epoch = Epoch(octets: Array(0...15))! },
            { $0.sequence = 9 }, { $0.id = other.header.id }, { $0.day = ServiceDay(number: 1) }, { $0.body.length += 1 },
        ] as [(inout EntryHeader) -> Void] {
            var header = entry.header
            change(&header)
            #expect(header != entry.header)
            #expect(throws: JournalError(.sealing, "")) { try key.open(Entry(header: header, body: entry.body, sealed: entry.sealed)) }
        }
    }

    @Test func everyChangedOctetOfTheSealedPartOrItsKeyIsFound() async throws {
        let folder = try TemporaryFolder()
        let key = OpeningKey()
        let (_, entry) = try await issued(folder, key)
        let sealed = try #require(entry.sealed)
        let wrapped = try #require(sealed.wrappedKey)
        for index in sealed.ciphertext.indices {
            var changed = sealed
            changed.ciphertext[index] ^= 1
            #expect(throws: JournalError(.sealing, "")) { try key.open(Entry(header: entry.header, body: entry.body, sealed: changed)) }
        }
        for index in wrapped.indices {
            var changed = wrapped
            changed[index] ^= 1
            let part = SealedPart(ciphertext: sealed.ciphertext, wrappedKey: changed)
            #expect(throws: JournalError(.sealing, "")) { try key.open(Entry(header: entry.header, body: entry.body, sealed: part)) }
        }
    }

    @Test func anotherKeyDoesNotOpenItAndADestroyedKeyLeavesNothing() async throws {
        let folder = try TemporaryFolder()
        let key = OpeningKey()
        let (_, entry) = try await issued(folder, key)
        #expect(throws: JournalError(.sealing, "")) { try OpeningKey().open(entry) }
        var erased = try #require(entry.sealed)
        erased.wrappedKey = nil
        #expect(try key.open(Entry(header: entry.header, body: entry.body, sealed: erased)) == nil)
    }

    @Test func theSameNumberNeverSealsToTheSameOctets() async throws {
        let folder = try TemporaryFolder()
        let (journal, first) = try await issued(folder, OpeningKey())
        _ = try await journal.issue(request(nik: nik))
        let second = try #require(try await journal.entries(after: 1, lane: .transactions, limit: 1).first)
        #expect(first.sealed?.ciphertext != second.sealed?.ciphertext)
        #expect(first.sealed?.wrappedKey != second.sealed?.wrappedKey)
    }

    @Test func withoutTheCentresKeyANumberIsRefusedAndNothingIsIssued() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        await #expect(throws: JournalError(.noRecipient, "")) { try await journal.issue(request(nik: nik)) }
        #expect(try await journal.tickets(today).isEmpty)
        #expect(try await journal.issue(request()).number.ordinal == 1, "the refused one took no number")
    }

    @Test(arguments: ["", "147101170890000\"", "abc"]) func whatIsNoNumberIsNotSealed(_ text: String) async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder, recipient: OpeningKey().sealingKey)
        await #expect(throws: JournalError(.sealing, "")) { try await journal.issue(request(nik: Array(text.utf8))) }
    }

    @Test func keysSurviveTheirFiles() throws {
        let key = OpeningKey()
        #expect(try OpeningKey(pem: key.pem).sealingKey.id == key.sealingKey.id)
        #expect(try SealingKey(pem: key.sealingKey.pem).id == key.sealingKey.id)
        #expect(key.sealingKey.pem.hasPrefix("-----BEGIN PUBLIC KEY-----"))
        #expect(key.sealingKey.name.utf8.count == 16)
        #expect(throws: JournalError(.sealing, "")) { try SealingKey(pem: key.pem) }
        #expect(throws: JournalError(.sealing, "")) { try OpeningKey(pem: "hello") }
    }
}

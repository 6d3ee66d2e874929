import Conditions
import Foundation
import Journal
import KioskCore
import SyncProtocol
import Testing

/// Writers that wait share one durable transaction, and each gets its own answer.
@Suite struct GroupCommitTests {
    @Test func manyWritersShareSyncsAndEachHasItsOwnTicket() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let tickets = try await withThrowingTaskGroup(of: Ticket.self) { group in
            for _ in 0..<200 { group.addTask { try await journal.issue(request()) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(tickets.map(\.number.ordinal)) == Set(1...200))
        #expect(try await journal.verify()[.transactions]?.sequence == 200)
        try await journal.close()
        let commits = try #require(try folder.rows().first { $0.hasPrefix("life ") })
        let number = try #require(commits.firstMatch(of: /commits:(\d+)/).flatMap { Int($0.1) })
        #expect(number < 200, "nobody shared a transaction")
    }

    /// A refusal in the middle of a group undoes its own work and nobody else's.
    @Test func aRefusalIsOnesOwn() async throws {
        let journal = try await openJournal(TemporaryFolder())
        let ticket = try await journal.issue(request())
        let outcomes = await withTaskGroup(of: (Int, Result<Int, JournalError>).self) { group in
            for index in 0..<60 {
                group.addTask {
                    do throws(JournalError) {
                        switch index % 3 {
                        case 0: return (index, .success(try await journal.issue(request()).number.ordinal))
                        // No public key: refused within the transaction, after the counter has moved.
                        case 1: return (index, .success(try await journal.issue(request(nik: nik)).number.ordinal))
                        // Its print has not ended.
                        case _: return (index, .success(try await journal.requestCopy(of: ticket.id).number))
                        }
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, outcome) in outcomes {
            switch (index % 3, outcome) {
            case (0, .success): break
            case (1, .failure(let error)): #expect(error.code == .noRecipient)
            case (2, .failure(let error)): #expect(error.code == .printUnfinished)
            case _: Issue.record("\(index): \(outcome)")
            }
        }
        #expect(try await journal.tickets(today).map(\.ticket.number.ordinal) == Array(1...21), "no number is lost to a refusal")
        #expect(try await journal.verify()[.transactions]?.sequence == 21)
    }

    /// SQLite undoes the whole transaction of a group when the disk is full: then each is tried alone.
    @Test func aGroupThatFillsTheJournalIsStoredAsFarAsThereIsRoom() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder, limits: JournalLimits(capacity: 256 << 10, headroom: 0, reserve: 0))
        let issued = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    do {
                        return try await journal.issue(request()).number.ordinal
                    } catch {
                        #expect((error as? JournalError)?.code == .full, "\(error)")
                        return nil
                    }
                }
            }
            return await group.reduce(into: [Int]()) { if let ordinal = $1 { $0.append(ordinal) } }
        }
        #expect(issued.count > 20 && issued.count < 1000)
        #expect(try await journal.tickets(today).map(\.ticket.number.ordinal) == issued.sorted())
        #expect(try await journal.verify()[.transactions]?.sequence == UInt64(issued.count))
    }

    @Test func whoWaitsWhenTheJournalClosesIsAnswered() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        let issued = try await withThrowingTaskGroup(of: Ticket?.self) { group in
            for index in 0..<40 {
                group.addTask {
                    do throws(JournalError) {
                        if index == 20 { try await journal.close() }
                        return try await journal.issue(request())
                    } catch {
                        #expect(error.code == .closed)
                        return nil
                    }
                }
            }
            return try await group.reduce(into: [Ticket]()) { if let ticket = $1 { $0.append(ticket) } }
        }
        let again = try await openJournal(folder)
        #expect(Set(try await again.tickets(today).map(\.ticket.id)) == Set(issued.map(\.id)))
    }
}

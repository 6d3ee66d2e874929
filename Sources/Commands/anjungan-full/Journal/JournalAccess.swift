import ArgumentParser
import Foundation
import Journal
import KioskRuntime
import SyncProtocol

/// Where a technician's command reaches the journal: at the running kiosk, or by opening it.
enum JournalAccess: Sendable {
    case kiosk(TechnicianClient)
    /// No kiosk runs: the journal is ours for as long as the command takes, and its lock keeps a kiosk out.
    case own(JournalDesk)

    /// Why a journal cannot be reached.
    struct Unreachable: Error, CustomStringConvertible {
        var description: String
    }

    static func open<Answer: Sendable>(
        _ options: JournalOptions, _ body: @Sendable (JournalAccess) async throws -> Answer
    ) async throws -> Answer {
        signal(SIGPIPE, SIG_IGN)
        if let folder = options.journal { return try await withOwn(folder, body) }
        let configuration = try options.configuration()
        let client = TechnicianClient(socket: configuration.technicianSocket)
        do {
            _ = try await client.journal()
        } catch let away as TechnicianClient.Away where !away.isRefusal {
            do {
                return try await withOwn("\(configuration.stateDirectory)/journal", body)
            } catch let error as JournalError where error.code == .owned {
                throw Unreachable(description: "\(away). And the journal cannot be opened beside it: \(error.detail)")
            }
        }
        return try await body(.kiosk(client))
    }

    private static func withOwn<Answer: Sendable>(
        _ folder: String, _ body: @Sendable (JournalAccess) async throws -> Answer
    ) async throws -> Answer {
        let desk = JournalDesk(try await Journal.inspect(directory: folder))
        let answer: Answer
        do {
            answer = try await body(.own(desk))
        } catch {
            try await desk.close()
            throw error
        }
        try await desk.close()
        return answer
    }

    func figures() async throws -> JournalFigures {
        switch self {
        case .kiosk(let client): try await client.journal()
        case .own(let desk): try await desk.figures()
        }
    }

    func entries(after sequence: UInt64, _ chain: ChainPlace) async throws -> [EntryFacts] {
        switch self {
        case .kiosk(let client): try await client.entries(after: sequence, chain.epoch, chain.lane)
        case .own(let desk): try await desk.entries(after: sequence, chain.epoch, chain.lane, limit: Batch.maximumEntries)
        }
    }

    func batch(after sequence: UInt64, _ chain: ChainPlace) async throws -> Batch {
        switch self {
        case .kiosk(let client): try await client.batch(after: sequence, chain.epoch, chain.lane)
        case .own(let desk): try await desk.batch(after: sequence, chain.epoch, chain.lane)
        }
    }

    func acknowledge(_ answers: [Acknowledgement]) async throws -> [AcknowledgementReceipt] {
        switch self {
        case .kiosk(let client): try await client.acknowledge(answers)
        case .own(let desk): try await desk.acknowledge(answers)
        }
    }

    /// How many entries were followed; throws at the first fault.
    func verify() async throws -> UInt64 {
        switch self {
        case .kiosk(let client):
            let found = try await client.verify()
            if let fault = found.fault { throw Unreachable(description: fault) }
            return found.entries
        case .own(let desk): return UInt64(try await desk.verify())
        }
    }

    func confirmClock() async throws -> JournalFigures {
        switch self {
        case .kiosk(let client): try await client.confirmClock()
        case .own(let desk): try await desk.confirmClock()
        }
    }

    /// When the emergency was called that holds; nil: none does.
    func emergencySince() async throws -> String? {
        switch self {
        case .kiosk(let client): try await client.status().notices?.emergencySince
        case .own(let desk): try await desk.emergencySince()
        }
    }

    func endEmergency(reason: String) async throws -> EndedEmergency {
        switch self {
        case .kiosk(let client): try await client.endEmergency(reason: reason)
        case .own(let desk): try await desk.endEmergency(reason: reason)
        }
    }

    func beginNewEpoch(reason: String) async throws -> JournalFigures {
        switch self {
        case .kiosk(let client): try await client.beginNewEpoch(reason: reason)
        case .own(let desk): try await desk.beginNewEpoch(reason: reason)
        }
    }
}

/// One chain of a journal.
struct ChainPlace: Hashable, Sendable {
    var epoch: Epoch
    var lane: Lane

    init?(_ chain: JournalFigures.Chain) {
        guard let lane = Lane.allCases.first(where: { $0.description == chain.lane }) else { return nil }
        epoch = chain.epoch
        self.lane = lane
    }
}

/// What `anjungan-central import` writes: a JSON array of acknowledgements.
enum AcknowledgementFile {
    static func read(_ path: String) throws -> [Acknowledgement] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read; name the file that anjungan-central import has written.")
        }
        do {
            return try JSONDecoder().decode([Acknowledgement].self, from: data)
        } catch {
            throw ValidationError("\(path) is not what anjungan-central import writes (\(error)); name that file.")
        }
    }
}

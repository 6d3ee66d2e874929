import KioskCore
import KioskRuntime

/// Walks the menus of a kiosk and names what they offer, as a citizen would read them.
struct ServiceList {
    let client: ScreenClient

    func print() async throws {
        for line in try await lines() { Swift.print(line) }
    }

    private func lines() async throws -> [String] {
        try await client.converse { screens, say in
            var walk = MenuWalk()
            for try await message in screens {
                guard let touch = walk.shown(message) else { continue }
                try await say(PageMessage(visit: VisitID(message.visit), revision: message.revision, .touch(touch)))
                if touch == .cancel { break }
            }
            return walk.lines
        }
    }
}

/// Which menu to open next; a pure value.
struct MenuWalk {
    private(set) var lines: [String] = []
    private var left: [ScreenMessage.Item]?

    mutating func shown(_ message: ScreenMessage) -> Touch? {
        switch message.screen.kind {
        case .greeting: return left == nil ? .start : nil
        case .agencies: return next(message.screen.items ?? [])
        case .services:
            guard left != nil, let agency = message.screen.agency else { return nil }
            lines += (message.screen.items ?? []).map { "\(agency.id)/\($0.id)\t\(agency.name): \($0.name)" }
            return .back
        case .closed, .emergency, .identify, .confirm, .recording, .printing, .trouble, .askPaper, .ticket, .closing: return nil
        }
    }

    private mutating func next(_ agencies: [ScreenMessage.Item]) -> Touch? {
        var left = self.left ?? agencies
        defer { self.left = left }
        guard !left.isEmpty else { return .cancel }
        return AgencyID(left.removeFirst().id).map(Touch.agency)
    }
}

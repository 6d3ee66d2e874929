import ArgumentParser
import CentralServer
import Foundation
import KioskCore
import SyncProtocol

/// `anjungan-central notice list`: what stands.
struct NoticeList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what kiosks are told, here and by the centre above.")

    @OptionGroup var place: StorePlace

    @Flag(help: "Print one JSON object by site and kiosk instead; what the centre above says to a site is “above” in it.")
    var json = false

    /// A site's or a kiosk's part of the JSON.
    private struct Part: Encodable {
        var orders: NoticeBook.Orders?
        var above: Notices?
        private enum Keys: CodingKey { case above }

        func encode(to encoder: any Encoder) throws {
            try orders?.encode(to: encoder)
            var keys = encoder.container(keyedBy: Keys.self)
            try keys.encodeIfPresent(above, forKey: .above)
        }
    }

    func run() throws {
        do {
            let book = try NoticeBook.load(directory: place.directory)
            guard !json else { return try sayJSON(book) }
            for (scope, orders) in book.orders.sorted(by: { $0.key < $1.key }) {
                for line in Self.lines(orders.emergency, orders.bundle) { say("\(scope)  \(line)") }
                if let renewal = orders.renewal { say("\(scope)  device keys from before \(Self.time(renewal)) are changed") }
                for since in orders.lifted ?? [] { say("\(scope)  the emergency from above since \(Self.time(since)) was ended here") }
            }
            for (site, above) in book.above.sorted(by: { $0.key < $1.key }) {
                for line in Self.lines(above.emergency, above.bundle) { say("\(site)  from above: \(line)") }
                for (kiosk, told) in (above.kiosks ?? [:]).sorted(by: { $0.key < $1.key }) {
                    for line in Self.lines(told.emergency, told.bundle) { say("\(site)/\(kiosk)  from above: \(line)") }
                }
            }
            if book.orders.isEmpty, book.above.isEmpty { say("Nothing. “anjungan-central notice --help” says what there is.") }
        } catch let error as StoreError {
            try refuse(error)
        }
    }

    private func sayJSON(_ book: NoticeBook) throws {
        var parts = book.orders.mapValues { Part(orders: $0) }
        for (site, above) in book.above { parts[site, default: Part()].above = above }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        say(String(decoding: try encoder.encode(parts), as: UTF8.self))
    }

    private static func lines(_ emergency: Emergency?, _ bundle: String?) -> [String] {
        let words = emergency.map { "EMERGENCY since \(time($0.since))\($0.indonesian.map { ": \($0)" } ?? "")" }
        return [words, bundle.map { "bundle \($0)" }].compactMap(\.self)
    }

    private static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}

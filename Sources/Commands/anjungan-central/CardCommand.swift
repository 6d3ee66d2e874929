import ArgumentParser
import CentralServer
import Foundation
import KioskCore
import Secrets
import SmartCard

/// `anjungan-central card`: which card points to which resident.
struct CardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card",
        abstract: "Enrol residents' cards, so that a tap at a kiosk fills in who they are.",
        discussion: """
            Numbers of cards and NIKs are read from standard input only, one card a line, so that they stand in no list of processes and \
            in no shell's history. A number is its octets in hexadecimal (04A1B2C3D4E5F6 or 04:A1:…), or the ten digits that a reader \
            types. All of it works while the centre runs, and holds from the next question on. \
            A card is a pointer, never a proof: whoever copies it is taken for its holder until a member of staff looks.
            """,
        subcommands: [CardEnroll.self, CardRemove.self, CardList.self, CardRenewKey.self])
}

struct CardEnroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Enrol cards; each line of standard input is a card's number and its holder's NIK.",
        discussion: """
            Cards that draw a new number at each tap (08…, as telephones do) are refused. A card that points to somebody else stays: \
            remove it first. Numbers of four octets are taken, but so few are possible that they must be kept like the NIK itself.
            """)

    @Argument(help: "The site, e.g. pekanbaru.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @OptionGroup var place: StorePlace

    func run() async throws {
        do throws(StoreError) {
            let register = try await CardRegister.open(directory: place.directory)
            var isWhole = true
            var number = 0
            while let line = StandardInput.line() {
                number += 1
                let words = StandardInput.words(of: line)
                guard !words.isEmpty else { continue }
                isWhole = try await enrol(words, number, in: register) && isWhole
            }
            if !isWhole { throw StoreError(.refused, "not every line was taken; correct those that are named and enter them again") }
        } catch {
            try refuse(error)
        }
    }

    private func enrol(_ words: [Secret], _ line: Int, in register: CardRegister) async throws(StoreError) -> Bool {
        guard words.count == 2 else {
            return complain(line, "has \(words.count) words; write the card's number, a space, and the NIK")
        }
        guard let card = CardPointer(written: words[0]) else {
            return complain(line, "does not begin with a card's number: 4 to 10 octets in hexadecimal, or ten digits")
        }
        guard !card.isRandom else {
            return complain(line, "is a card that draws a new number at each tap; it can never be found again. Use another card")
        }
        if let problem = NIK.problem(in: words[1]) { return complain(line, "does not end with a NIK: wrong \(problem.rawValue)") }
        switch try await register.enrol(card.octets, words[1], at: site, now: .now) {
        case .new: say("line \(line): enrolled\(card.isEnumerable ? "; its number has four octets, keep it like the NIK" : "")")
        case .known: say("line \(line): enrolled already")
        case .taken: return complain(line, "is a card that points to somebody else; remove it first: anjungan-central card remove \(site)")
        }
        return true
    }

    private func complain(_ line: Int, _ words: String) -> Bool {
        FileHandle.standardError.write(Data("line \(line) \(words)\n".utf8))
        return false
    }
}

struct CardRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Let cards point to nobody; each line of standard input is a card's number.")

    @Argument(help: "The site, e.g. pekanbaru.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @OptionGroup var place: StorePlace

    func run() async throws {
        do throws(StoreError) {
            guard let register = try await CardRegister.existing(directory: place.directory) else {
                throw StoreError(.missing, "no card was ever enrolled in \(place.directory); name the centre's folder with --store")
            }
            var number = 0
            while let line = StandardInput.line() {
                number += 1
                for word in StandardInput.words(of: line) {
                    guard let card = CardPointer(written: word) else {
                        throw StoreError(.refused, "line \(number) is no card's number: 4 to 10 octets in hexadecimal, or ten digits")
                    }
                    say("line \(number): \(try await register.remove(card.octets, at: site) ? "removed" : "was not enrolled")")
                }
            }
        } catch {
            try refuse(error)
        }
    }
}

struct CardList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the cards: of each the site, its holder behind dots, and since when. Never a number.")

    @OptionGroup var place: StorePlace

    @Flag(help: "Print one JSON array instead.")
    var json = false

    func run() async throws {
        do throws(StoreError) {
            let cards = try await CardRegister.existing(directory: place.directory)?.cards() ?? []
            guard !json else {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                // Texts and whole numbers always fit into JSON.
                return say(String(decoding: (try? encoder.encode(cards)) ?? Data(), as: UTF8.self))
            }
            for card in cards {
                let note = card.octets <= 4 ? "  four octets: can be guessed" : ""
                say("\(card.site)  \(card.resident)  since \(card.enrolled)\(note)")
            }
            if cards.isEmpty { say("No card is enrolled. “anjungan-central card enroll SITE” reads them from standard input.") }
        } catch {
            try refuse(error)
        }
    }
}

struct CardRenewKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew-key",
        abstract: "Hash every card under a new key, and forget the old one.",
        discussion: """
            Once a year, and when somebody may have seen the file card-keys. Works while the centre runs; interrupted, do it again: \
            until it is done the old key is kept, and every card is found.
            """)

    @OptionGroup var place: StorePlace

    func run() async throws {
        do throws(StoreError) {
            guard let register = try await CardRegister.existing(directory: place.directory) else {
                throw StoreError(.missing, "no card was ever enrolled in \(place.directory); name the centre's folder with --store")
            }
            say("\(try await register.renewKey()) cards are hashed under a new key")
        } catch {
            try refuse(error)
        }
    }
}

/// Lines that hold something personal: never in a `String`, which nobody wipes.
private enum StandardInput {
    /// The next line without its end; nil behind the last.
    static func line() -> Secret? {
        var line = Secret([])
        var octet: UInt8 = 0
        while read(STDIN_FILENO, &octet, 1) == 1 {
            if octet == UInt8(ascii: "\n") { return line }
            if octet != UInt8(ascii: "\r") { line = line.appending(octet) }
        }
        return line.count == 0 ? nil : line
    }

    /// What stands between spaces, tabs and commas.
    static func words(of line: Secret) -> [Secret] {
        line.withBytes { octets in octets.split { [0x20, 0x09, 0x2C, 0x3B].contains($0) }.map { Secret($0) } }
    }
}

import ArgumentParser
import DeviceLayer
import Foundation
import KioskRuntime
import Secrets
import SmartCard
import TravelDocument

/// `anjungan reader passport`.
struct ReaderPassport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passport", abstract: "Read the passport or residence permit on the reader, and say what of it is proved.",
        discussion: """
            Standard input has the printed zone (two lines of 44 or 36 characters, three of 30), or document number, birth and expiry \
            (YYMMDD) with blanks between; never an argument, which others could see. What is personal is shown masked. Exit: 0 verified, \
            1 read and not verified, or refused, 64 wrong use.
            """)

    @OptionGroup var options: ReaderOptions
    @OptionGroup var card: SlotOptions

    @Option(
        help: ArgumentHelp(
            "CSCA certificates, master lists and revocation lists that are trusted; without it those of document_authorities.",
            valueName: "folder"))
    var authorities: String?

    @Flag(help: "Read the portrait, too; it is proved and not shown.")
    var portrait = false

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let key = try Self.key()
        let folder = try authorities ?? options.configuration()?.documentAuthorities
        let store: CertificateStore
        do throws(CertificateFileError) {
            if let folder { store = try CertificateStore(folder: folder) } else { store = try CertificateStore([]) }
        } catch {
            throw ValidationError("\(error)")
        }
        try await options.open { [self] desk, words in
            let reader = try await desk.reader(card.name).name
            let document = DocumentReader(trusting: store, wantsPortrait: portrait)
            let result = try await document.read(key, randomness: Self.randomness(), at: Int(Date().timeIntervalSince1970)) { command in
                guard case .response(let response) = try await desk.ask(.transmit(command.octets, reader: reader, slot: card.slot)) else {
                    throw ControlError(.unknownVersion, "no card's answer came")
                }
                return response
            }
            if json { announce(try words.json(result)) } else { for line in words.lines(result) { announce(line) } }
            if case .verified = result { return true }
            return false
        }
    }

    private static func randomness() -> Secret {
        Secret(count: DocumentReadingMachine.randomness) { (octets: UnsafeMutableBufferPointer<UInt8>) in
            var source = SystemRandomNumberGenerator()
            for index in octets.indices { octets[index] = UInt8.random(in: .min ... .max, using: &source) }
        }
    }

    // MARK: What is printed

    private static func key() throws -> DocumentKey {
        let typed = try standardInput()
        do {
            let words = words(typed)
            // Three words of which the last two are dates: typed by hand.
            if words.count == 3, words[1].count == 6, words[2].count == 6 {
                return try DocumentKey(number: typed[words[0]], birth: typed[words[1]], expiry: typed[words[2]])
            }
            return DocumentKey(try MachineReadableZone(scanned: typed))
        } catch {
            throw ValidationError("Standard input has no printed zone and no number, birth and expiry: \(error).")
        }
    }

    /// All of it, straight into memory that is wiped.
    private static func standardInput() throws -> Secret {
        let most = 512
        var count = 0
        let typed = Secret(count: most) { (octets: UnsafeMutableBufferPointer<UInt8>) in
            while count < most {
                let more = read(STDIN_FILENO, octets.baseAddress! + count, most - count)
                if more <= 0 { break }
                count += more
            }
        }
        guard count > 0, count < most else { throw ValidationError("Standard input has \(count == 0 ? "nothing" : "more than a zone").") }
        return typed[0..<count]
    }

    private static func words(_ typed: Secret) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for place in 0...typed.count {
            let isBlank = place == typed.count || [0x20, 0x09, 0x0A, 0x0D].contains(typed[place])
            if isBlank, let begun = start {
                words.append(begun..<place)
                start = nil
            } else if !isBlank, start == nil {
                start = place
            }
        }
        return words
    }
}

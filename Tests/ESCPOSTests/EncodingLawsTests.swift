import ESCPOS
import ReceiptMarkup
import SeededRandomness
import Testing

/// What holds for every receipt on every printer, read from the bytes.
@Suite struct EncodingLawsTests {
    struct Case: Sendable {
        var model: PrinterModel
        var layout: Layout
        var bytes: [UInt8]
        var commands: [Command]
    }

    static let (cases, seed): ([Case], UInt64) = {
        var (random, seed) = SeededGenerator.announced("EncodingLawsTests")
        let cases = (0..<100).compactMap { _ -> Case? in
            let model = RandomLayout.model(&random)
            let layout = RandomLayout.make(columns: model.columns, &random)
            // A QR code that is too wide for narrow paper is refused, which another test holds.
            guard let bytes = try? ReceiptEncoder(model: model, renderer: TrapRenderer()).encode(layout) else { return nil }
            var decoder = CommandDecoder()
            return Case(model: model, layout: layout, bytes: bytes, commands: decoder.feed(bytes))
        }
        return (cases, seed)
    }()

    @Test func nearlyEveryLayoutCanBePrinted() { #expect(Self.cases.count > 90, "seed \(Self.seed)") }

    @Test func theBytesAreCommandsInOurSpellingAndNothingElse() {
        for (round, one) in Self.cases.enumerated() {
            #expect(one.commands.flatMap(\.bytes) == one.bytes, "round \(round) of seed \(Self.seed)")
            for command in one.commands {
                switch command {
                case .text(let bytes): #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F }, "round \(round) of seed \(Self.seed)")
                case .unknown, .spelled, .feedDots, .cut(.afterFeed), .relativePosition, .kanjiOn, .characterSet:
                    Issue.record("round \(round) of seed \(Self.seed): \(command.explanation)")
                default: break
                }
            }
        }
    }

    @Test func nothingIsFedBehindACutUnlessSomethingIsPrintedThere() {
        for (round, one) in Self.cases.enumerated() {
            guard let last = one.commands.lastIndex(where: \.isCut) else { continue }
            let behind = one.commands[(last + 1)...]
            let feeds = behind.contains { [.lineFeed].contains($0) || $0.isFeed }
            let prints = one.layout.elements.reversed().prefix { $0 != .cut }.contains { !$0.isWhite }
            #expect(!feeds || prints, "round \(round) of seed \(Self.seed)")
        }
    }

    @Test func theKnifeComesOnlyBehindTheFeedThatBringsTheLastLinePastIt() {
        for (round, one) in Self.cases.enumerated() {
            var spacing = 30
            for (index, command) in one.commands.enumerated() {
                if case .lineSpacing(let dots) = command { spacing = Int(dots) }
                if command == .defaultLineSpacing || command == .initialize { spacing = 30 }
                guard command.isCut else { continue }
                #expect(one.model.cutter != .none)
                guard one.model.feedBeforeCut > 0 else { continue }
                #expect(
                    one.commands[index - 1] == .feedLines(UInt8(one.model.feedBeforeCut)) && spacing == 30,
                    "round \(round) of seed \(Self.seed)")
            }
        }
    }

    @Test func noSheetIsCutWithNothingOnIt() {
        for (round, one) in Self.cases.enumerated() {
            let cuts = one.commands.indices.filter { one.commands[$0].isCut }
            for (first, second) in zip(cuts, cuts.dropFirst()) {
                let isPrinted = one.commands[(first + 1)..<second].contains { $0 == .lineFeed || $0.isPicture }
                #expect(isPrinted, "round \(round) of seed \(Self.seed)")
            }
        }
    }

    @Test func quirksAreHonoured() {
        for (round, one) in Self.cases.enumerated() {
            let place = "round \(round) of seed \(Self.seed)"
            if one.model.quirks.contains(.noKanjiOff) { #expect(!one.commands.contains(.kanjiOff), "\(place)") }
            if one.model.quirks.contains(.realTimeInData) {
                #expect(!one.bytes.holdOrders, "\(place)")
            }
            if one.model.quirks.contains(.swallowsLineFeedAfterRaster) {
                for (index, command) in one.commands.enumerated() {
                    if case .raster = command { #expect(one.commands[index + 1] == .lineFeed, "\(place)") }
                }
            }
            if one.model.quirks.contains(.forgetsBarcodeSettings) {
                for (index, command) in one.commands.enumerated() {
                    guard case .barcode = command else { continue }
                    guard case .barcodeText = one.commands[index - 1] else {
                        Issue.record("\(place): a bar code without its settings")
                        continue
                    }
                }
            }
        }
    }

    @Test func pictureStripsFitTheBufferAndThePaper() {
        for (round, one) in Self.cases.enumerated() {
            for command in one.commands {
                switch command {
                case .raster(let image, _):
                    #expect(image.height <= one.model.stripRows && image.width <= one.model.dots + 7, "round \(round) of seed \(Self.seed)")
                    #expect(one.model.image == .raster)
                case .columnImage(let band): #expect(band.width <= one.model.dots && one.model.image == .column)
                default: break
                }
            }
        }
    }

    /// What a printer is set to never has to be said twice.
    @Test func noSettingIsSentThatIsInForceAlready() {
        for (round, one) in Self.cases.enumerated() {
            var last: [String: Command] = [:]
            for command in one.commands {
                if command == .initialize { last = [:] }
                guard let kind = command.setting else { continue }
                #expect(last[kind] != command, "round \(round) of seed \(Self.seed): \(command.explanation)")
                last[kind] = command
            }
        }
    }
}

extension [UInt8] {
    /// DLE with EOT, ENQ or DC4 behind it.
    var holdOrders: Bool {
        withUnsafeBufferPointer { bytes in
            var index = 1
            while index < bytes.count {
                if bytes[index - 1] == 0x10, bytes[index] == 0x04 || bytes[index] == 0x05 || bytes[index] == 0x14 { return true }
                index += 1
            }
            return false
        }
    }
}

extension Command {
    var isCut: Bool { if case .cut = self { true } else { false } }
    var isFeed: Bool { if case .feedLines = self { true } else { false } }
    var isPicture: Bool {
        switch self {
        case .raster, .columnImage, .qrPrint, .barcode, .printLogo, .printBitImage: true
        default: false
        }
    }

    /// Which setting it changes; nil for anything else.
    var setting: String? {
        switch self {
        case .align: "align"
        case .bold: "bold"
        case .underline: "underline"
        case .invert: "invert"
        case .size: "size"
        case .codePage: "page"
        case .lineSpacing, .defaultLineSpacing: "spacing"
        default: nil
        }
    }
}

extension Layout.Element {
    /// A row without ink.
    var isWhite: Bool {
        guard case .text(let row) = self else { return false }
        return row.fragments.allSatisfy { $0.text.allSatisfy(\.isWhitespace) && !$0.decoration.underline && !$0.decoration.invert }
    }
}

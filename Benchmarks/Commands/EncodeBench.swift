import ArgumentParser
import PaperTemplates
import ReceiptMarkup

/// Template → bytes, beside python-escpos.
struct EncodeBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "encode", abstract: "The typical ticket, from fields to bytes: tickets per CPU second, and bytes.",
        discussion: """
            384 × 128 logo, header, six-fold number, ten two-column lines, QR code of version 4 by the printer, cut. Beside it \
            python-escpos 3.1 on the same ticket, which is installed into .build/peers when a Python is there.
            """)

    @OptionGroup var options: BenchOptions

    @OptionGroup var time: CPUTime

    var words: String { "--seconds \(time.seconds)" }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let png = try TypicalTicket.logoPNG()
        let plain = try TypicalTicket(logo: nil).measure(seconds: time.seconds)
        let withLogo = try TypicalTicket(logo: Base64(bytes: png)).measure(seconds: time.seconds)
        var figures = [
            Figure("filled template → bytes, without logo", plain.encoded, .perSecond, .atLeast(50_000)),
            Figure("filled template → bytes, cached logo", withLogo.encoded, .perSecond, .atLeast(50_000)),
            Figure("fields → bytes, without logo", plain.filled, .perSecond, .atLeast(20_000)),
            Figure("fields → bytes, cached logo", withLogo.filled, .perSecond, .atLeast(20_000)),
            Figure("a ticket without logo", Double(plain.bytes), .bytes, .atMost(850)),
            Figure("a ticket with logo", Double(withLogo.bytes), .bytes, .atMost(7010)),
            .beside("swift-mustache alone, fields → markup, without logo", plain.library, .perSecond),
        ]
        var remarks = program.remarks
        do {
            let peer = try await PythonPeer.install()
            let theirs = try await peer.tickets(seconds: time.seconds, logo: nil)
            let theirsWithLogo = try await peer.tickets(seconds: time.seconds, logo: png)
            figures += [
                .beside("python-escpos 3.1, without logo", theirs.perSecond, .perSecond),
                .beside("python-escpos 3.1, with logo", theirsWithLogo.perSecond, .perSecond),
                .beside("python-escpos 3.1, a ticket without logo", theirs.bytes, .bytes),
                .beside("python-escpos 3.1, a ticket with logo", theirsWithLogo.bytes, .bytes),
            ]
        } catch {
            remarks.append("python-escpos could not be measured: \(error)")
        }
        return Measured(title: "the typical ticket, from fields to bytes, one thread", figures: figures, remarks: remarks)
    }
}

/// Bytes → commands.
struct DecodeBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "The typical ticket, from bytes back to commands: megabytes per CPU second.")

    @OptionGroup var options: BenchOptions

    @OptionGroup var time: CPUTime

    var words: String { "--seconds \(time.seconds)" }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let logo = Base64(bytes: try TypicalTicket.logoPNG())
        return Measured(
            title: "decoding tickets, one thread",
            figures: [
                Figure("with logo, MB", try TypicalTicket(logo: logo).decoding(seconds: time.seconds), .perSecond, .atLeast(200)),
                Figure("without logo, MB", try TypicalTicket(logo: nil).decoding(seconds: time.seconds), .perSecond, .atLeast(200)),
            ], remarks: program.remarks)
    }
}

/// How long each figure is measured.
struct CPUTime: ParsableArguments {
    @Option(help: "CPU seconds for each figure.")
    var seconds = 2.0

    func validate() throws {
        guard (0.1...100).contains(seconds) else { throw ValidationError("--seconds takes 0.1 to 100, not \(seconds).") }
    }
}

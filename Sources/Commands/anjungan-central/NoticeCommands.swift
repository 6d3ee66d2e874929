import ArgumentParser
import CentralServer
import Foundation
import KioskCore
import SiteBundle

/// `anjungan-central notice`: what kiosks are told.
struct NoticeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice",
        abstract: "Tell the kiosks of a site, or one kiosk: an emergency and its end, the bundle to run, new keys.",
        discussion: """
            Works while the centre runs; kiosks that it reaches know within two seconds, others as soon as they are reached. What stands for \
            one kiosk comes before what stands for its site.
            """,
        subcommands: [
            NoticeEmergency.self, NoticeAllClear.self, NoticeBundle.self, NoticeRenew.self, NoticeList.self,
        ])
}

/// Who is told.
struct NoticeOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The site, e.g. pekanbaru, or one kiosk of it, e.g. pekanbaru/mpp-1.", valueName: "site[/kiosk]"),
        transform: { text in
            guard let scope = NoticeScope(text) else {
                throw ValidationError("Write SITE or SITE/KIOSK, like pekanbaru/mpp-1; it got “\(text)”.")
            }
            return scope
        })
    var scope: NoticeScope

    @OptionGroup var place: StorePlace

    func change(_ body: (inout NoticeBook.Orders) throws -> Void) throws { try changeBook { try body(&$0[scope]) } }

    func changeBook(_ body: (inout NoticeBook) throws -> Void) throws {
        do {
            try NoticeBook.change(directory: place.directory, body)
        } catch let error as StoreError {
            try refuse(error)
        }
    }
}

struct NoticeEmergency: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emergency",
        abstract: "Close the kiosks at once; their screens show why, large, in Indonesian and English, until all-clear.",
        discussion:
            "Without --text the screens ask everybody to stay calm and to leave by the nearest exit. It holds through restarts and outages."
    )

    @OptionGroup var options: NoticeOptions

    @Option(help: "What the screens say in Indonesian, at most \(Emergency.longestText) characters.")
    var text: String?

    @Option(help: "What they say in English; with --text, without it only the Indonesian is changed.")
    var english: String?

    func validate() throws {
        for (name, words) in [("--text", text), ("--english", english)] {
            guard let words else { continue }
            guard (1...Emergency.longestText).contains(words.count), !words.contains(where: \.isNewline) else {
                throw ValidationError("\(name) takes one line of 1 to \(Emergency.longestText) characters; it got \(words.count).")
            }
        }
    }

    func run() throws {
        try options.change { $0.emergency = Emergency(since: WallTime.now.milliseconds, indonesian: text, english: english) }
        say("emergency for \(options.scope); it ends with: anjungan-central notice all-clear \(options.scope)")
    }
}

struct NoticeAllClear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all-clear", abstract: "End the emergency: the kiosks serve again.",
        discussion: """
            One that was called at the centre above ends there, and goes on when the one of this centre is over. Where that centre cannot be \
            reached, --from-above ends it for the kiosks of a site here; the next one that it calls holds again.
            """)

    @OptionGroup var options: NoticeOptions

    @Flag(help: "End what the centre above calls an emergency now, only here.")
    var fromAbove = false

    func validate() throws {
        guard !fromAbove || options.scope.kiosk == nil else {
            throw ValidationError(
                "--from-above is for all kiosks of a site: name the site alone. One kiosk ends it by: anjungan emergency --end")
        }
    }

    func run() throws {
        guard !fromAbove else { return try lift() }
        try options.changeBook { book in
            guard book[options.scope].emergency != nil else {
                let above = "the centre above called one, which ends there, or here with --from-above"
                let isAbove = book.above[options.scope.site.rawValue]?.calls.isEmpty == false
                try refuse(
                    "no emergency was called here for \(options.scope); "
                        + (isAbove ? above : "“anjungan-central notice list” shows what was"))
            }
            book[options.scope].emergency = nil
        }
        say("the emergency for \(options.scope) is over")
    }

    private func lift() throws {
        try options.changeBook { book in
            guard book.lift(fromAbove: options.scope.site) else {
                try refuse("the centre above calls no emergency for \(options.scope); “anjungan-central notice list” shows what it says")
            }
        }
        say("what the centre above calls an emergency for \(options.scope) is over here")
    }
}

struct NoticeBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract:
            "Say which site bundle the kiosks should run; those that run another one tell their technicians, and this centre's report.")

    @OptionGroup var options: NoticeOptions

    @Argument(help: ArgumentHelp("The compiled bundle, or its SHA-256; none: no certain one.", valueName: "file|hash|none"))
    var bundle: String

    func run() throws {
        let hash = bundle == "none" ? nil : try hash()
        try options.change { $0.bundle = hash }
        say(hash.map { "\(options.scope) should run the bundle \($0)" } ?? "\(options.scope) may run any bundle")
    }

    private func hash() throws -> String {
        let isHash = bundle.utf8.count == 64 && bundle.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard !isHash else { return bundle }
        let compiled: CompiledSite
        do { compiled = try CompiledSite.load(bundle) } catch { try refuse(error) }
        guard compiled.site.id == options.scope.site else {
            try refuse("\(bundle) is the site \(compiled.site.id), not \(options.scope.site)")
        }
        return compiled.sha256
    }
}

struct NoticeRenew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Have kiosks draw new device keys now, and get certificates for them.",
        discussion: "What was signed with the keys before stays good. Kiosks that are enrolled or renewed later are not meant.")

    @OptionGroup var options: NoticeOptions

    func run() throws {
        try options.change { $0.renewal = WallTime.now.milliseconds }
        say("kiosks of \(options.scope) change their keys; “anjungan-central enrolments” shows the new serial numbers")
    }
}

import ArgumentParser
import Foundation
import KioskCore
import ProjectFiles
import SiteBundle
import StrictYAML

/// `anjungan site check NAME`.
struct SiteCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read Kiosk/sites/NAME strictly and compile it into the bundle that `anjungan run` loads.",
        discussion: """
            Prints what the site holds and the hash of its bundle. Whatever is wrong is printed to standard error, one problem a line \
            as FILE:LINE:COLUMN: reason; remedy. Exit: 0 right, 1 wrong or not written, 64 wrong use.
            """)

    @Argument(help: "The mall: a folder of Kiosk/sites.")
    var name: String

    @Option(help: "The folder Kiosk; without it ANJUNGAN_KIOSK_DIR, else beside the program or in the working folder.")
    var kioskDir: String?

    @Option(
        help: """
            Where to write the bundle; without it NAME.bundle.json in ANJUNGAN_STATE_DIRECTORY, \
            else in /var/lib/anjungan (root) or ~/.local/state/anjungan.
            """)
    var output: String?

    @Flag(help: "One JSON object instead of text.")
    var json = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let kiosk = try kioskDir ?? ProjectFolders.find().kiosk
        let path = output ?? "\(environment["ANJUNGAN_STATE_DIRECTORY"] ?? StateFolder.standard)/\(name).bundle.json"
        do {
            let compiled = CompiledSite(try SiteSource.read(name, in: "\(kiosk)/sites"))
            try compiled.write(to: path)
            print(try SiteReport(compiled, path: path).text(json: json))
        } catch let error as YAMLError {
            try refuse(error.problems.map(\.description))
        } catch let error as BundleError {
            try refuse([error.description])
        }
    }

    private func refuse(_ problems: [String]) throws -> Never {
        for problem in problems { FileHandle.standardError.write(Data((problem + "\n").utf8)) }
        if json { print(try SiteReport.encode(["problems": problems])) }
        throw ExitCode.failure
    }
}

/// What a checked site holds, as people and programs read it.
struct SiteReport: Encodable {
    var site: String
    var name: String
    var kiosks: Int
    var agencies: Int
    /// Agencies without services, which the screen leaves out.
    var hidden: Int
    var services: Int
    var sha256: String
    var bundle: String

    init(_ compiled: CompiledSite, path: String) {
        site = compiled.site.id.rawValue
        name = compiled.site.name
        kiosks = compiled.site.kiosks.count
        agencies = compiled.site.agencies.count
        hidden = compiled.site.agencies.filter(\.services.isEmpty).count
        services = compiled.site.agencies.map(\.services.count).reduce(0, +)
        sha256 = compiled.sha256
        bundle = path
    }

    func text(json: Bool) throws -> String {
        if json { return try Self.encode(self) }
        let left = hidden == 0 ? "" : " (\(hidden) without services, not on the screen)"
        return """
            \(name): \(agencies) agencies\(left), \(services) services, \(kiosks) kiosks
            bundle \(bundle)
            sha256 \(sha256)
            """
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

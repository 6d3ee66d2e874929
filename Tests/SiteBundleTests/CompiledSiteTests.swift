import Foundation
import KioskCore
import SiteBundle
import StrictYAML
import Testing

@Suite struct CompiledSiteTests {
    static let source = """
        id: contoh
        name: MPP "Contoh"
        city: Kota Contoh
        place: Jl. A/B
        time_zone: Asia/Makassar
        kiosks: [{id: mpp-1, letter: A}]
        sources: {koran: "https://example.org/a"}
        agencies:
          - id: bank
            name: Bank
            kind: bank
            basis: found
            sumber: koran
            services:
              - {id: kredit, name: Kredit é, prefix: KR, basis: sample, sumber: koran, note: catatan}

        """

    static func compile() throws -> CompiledSite {
        let id = try #require(SiteID("contoh"))
        return CompiledSite(try SiteSource.read(YAMLDocument(text: source, name: "site.yaml"), as: id))
    }

    /// A directory of the test's own.
    static func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "bundle-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: directory) } }
        try body(directory)
    }

    static func write(_ octets: some Sequence<UInt8>, to path: String) throws {
        try Data(Array(octets)).write(to: URL(fileURLWithPath: path))
    }

    /// The expected hash is that of `printf %s CONTENT | sha256sum`.
    @Test func aBundleIsCanonicalJSONUnderItsHash() throws {
        let content = """
            {"agencies":[{"id":"bank","kind":"bank","name":"Bank","provenance":{"basis":"found","sumber":"https://example.org/a"},\
            "services":[{"id":"kredit","identification":"none","name":"Kredit é","prefix":"KR",\
            "provenance":{"basis":"sample","note":"catatan","sumber":"https://example.org/a"}}]}],\
            "city":"Kota Contoh","id":"contoh","kiosks":[{"id":"mpp-1","letter":"A"}],"name":"MPP \\"Contoh\\"",\
            "place":"Jl. A/B","timeZone":"Asia/Makassar"}
            """
        let hash = "19f516ac9af46dbb13b33e775f9317a7de318bb0759a0c54c0fbdb3f5ba3f9fe"
        let bundle = try Self.compile()
        #expect(String(decoding: bundle.octets, as: UTF8.self) == "{\"format\":1,\"sha256\":\"\(hash)\",\"site\":\(content)}\n")
        #expect(bundle.sha256 == hash)
    }

    @Test func theSameSourceGivesTheSameOctets() throws {
        #expect(try Self.compile().octets == Self.compile().octets)
    }

    @Test func aWrittenBundleIsLoadedAsItWas() throws {
        try Self.inDirectory { directory in
            let bundle = try Self.compile()
            let path = directory + "/new/contoh.bundle.json"
            try bundle.write(to: path)
            try bundle.write(to: path)
            #expect(try CompiledSite.load(path) == bundle)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/new") == ["contoh.bundle.json"])
        }
    }

    @Test func everyBundleOfTheCheckoutKeepsItsSite() throws {
        try Self.inDirectory { directory in
            for name in SiteSource.names(in: SiteSourceTests.sites) {
                let site = try SiteSource.read(name, in: SiteSourceTests.sites)
                try CompiledSite(site).write(to: "\(directory)/\(name)")
                #expect(try CompiledSite.load("\(directory)/\(name)").site == site)
            }
        }
    }

    @Test func everyChangedOctetIsFound() throws {
        try Self.inDirectory { directory in
            let octets = try Self.compile().octets
            for index in octets.indices {
                var changed = octets
                changed[index] ^= 1
                try Self.write(changed, to: directory + "/x")
                #expect(throws: BundleError.self, "octet \(index)") { _ = try CompiledSite.load(directory + "/x") }
            }
        }
    }

    @Test func everyTruncationIsFound() throws {
        try Self.inDirectory { directory in
            let octets = try Self.compile().octets
            for count in octets.indices {
                try Self.write(octets.prefix(count), to: directory + "/x")
                #expect(throws: BundleError.self, "\(count) octets") { _ = try CompiledSite.load(directory + "/x") }
            }
            try Self.write(octets + octets, to: directory + "/x")
            #expect(throws: BundleError(.damaged, "", "")) { _ = try CompiledSite.load(directory + "/x") }
        }
    }

    @Test func anErrorSaysWhatIsWrongAndWhatToDo() throws {
        try Self.inDirectory { directory in
            let path = directory + "/x"
            let text = String(decoding: try Self.compile().octets, as: UTF8.self)
            func refusal() throws -> String { try #require(throws: BundleError.self) { _ = try CompiledSite.load(path) }.description }
            #expect(try refusal().hasPrefix("\(path): the site bundle cannot be read: "))

            try Self.write(text.replacing("Kredit", with: "Kradit").utf8, to: path)
            #expect(try refusal().hasPrefix("\(path): the site bundle was changed or cut short: its content has the hash "))
            #expect(try refusal().hasSuffix("; compile it again with “anjungan site check NAME”"))

            try Self.write(text.replacing("\"format\":1", with: "\"format\":2").utf8, to: path)
            #expect(try refusal().hasPrefix("\(path): this is no site bundle of format 1: "))
        }
    }

    @Test func aBundleThatCannotBeWrittenLeavesNothingBehind() throws {
        try Self.inDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory + "/taken/inside", withIntermediateDirectories: true)
            let error = try #require(throws: BundleError.self) { try Self.compile().write(to: directory + "/taken") }
            #expect(error.code == .unwritable)
            #expect(error.description.contains("cannot rename to \(directory)/taken: Is a directory; check the directory's permissions"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["taken"])
            #expect(throws: BundleError(.unwritable, "", "")) { try Self.compile().write(to: "/proc/nothing/x") }
        }
    }
}

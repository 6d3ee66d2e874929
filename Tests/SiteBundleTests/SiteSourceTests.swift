import Foundation
import GoldenCases
import KioskCore
import SiteBundle
import StrictYAML
import Testing

/// The checkout's root.
let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

@Suite struct SiteSourceTests {
    static let sites = root + "/Kiosk/sites"

    @Test(arguments: GoldenCase.all("site"))
    func aWrongSiteIsRefusedWithPlaceReasonAndRemedy(_ golden: GoldenCase) throws {
        let id = try #require(SiteID("contoh"))
        let error = try #require(throws: YAMLError.self) {
            _ = try SiteSource.read(YAMLDocument(file: golden.path("input.yaml")), as: id)
        }
        #expect(golden.difference(error.description) == nil)
    }

    @Test func everySiteOfTheCheckoutIsRight() throws {
        #expect(SiteSource.names(in: Self.sites) == ["pekanbaru", "uji-skala"])
        for name in SiteSource.names(in: Self.sites) {
            #expect(throws: Never.self, "\(name)") { _ = try SiteSource.read(name, in: Self.sites) }
        }
    }

    @Test func anUnknownSiteNamesTheKnownOnes() throws {
        let error = try #require(throws: YAMLError.self) { _ = try SiteSource.read("pekanbary", in: Self.sites) }
        let remedy = "use one of pekanbaru, uji-skala, or write \(Self.sites)/NAME/site.yaml"
        #expect(error.description == "\(Self.sites): there is no site “pekanbary”; \(remedy)")
        for name in ["../sites/pekanbaru", "", "Pekanbaru"] {
            let error = try #require(throws: YAMLError.self) { _ = try SiteSource.read(name, in: Self.sites) }
            #expect(error.description == "\(Self.sites): “\(name)” is not a site's name; \(remedy)")
        }
    }

    @Test func pekanbaruHasWhatItsSourcesName() throws {
        let site = try SiteSource.read("pekanbaru", in: Self.sites)
        #expect(site.name == "MPP Pekanbaru")
        #expect(site.city == "Kota Pekanbaru")
        #expect(site.timeZone == .jakarta)
        #expect(site.kiosks.map(\.letter) == ["A", "B"])
        #expect(site.agencies.count == 25)
        #expect(site.agencies.flatMap(\.services).count == 17)
        #expect(site.agencies.filter(\.services.isEmpty).count == 13)

        let key = try #require(ServiceKey("disdukcapil/kartu-keluarga"))
        let card = try #require(site.service(key))
        #expect(card.name == "Kartu Keluarga (perubahan)")
        #expect(card.prefix == "KK")
        #expect(card.identification == .nik)
        #expect(card.provenance.basis == .found)
        #expect(card.provenance.source.hasPrefix("https://riau1.com/berita/pekanbaru/perubahan-adminduk"))

        let inferred = site.agencies.flatMap(\.services).filter { $0.provenance.basis == .inferred }
        #expect(inferred.map(\.prefix) == ["NB", "PG", "PB", "ST", "BK", "BT", "NP", "AR"])
        #expect(inferred.allSatisfy { $0.provenance.note == "typical service of this kind of agency; NOT found for this city" })
        #expect(site.agencies.allSatisfy { $0.provenance.basis == .found })
    }

    /// Moving an id moves the counts of years to another name; a rename belongs into `name`.
    @Test func theIdsOfPekanbaruArePermanent() throws {
        let site = try SiteSource.read("pekanbaru", in: Self.sites)
        let keys = site.agencies.flatMap { agency in agency.services.map { "\(agency.id)/\($0.id) \($0.prefix)" } }
        #expect(
            keys == [
                "dpmptsp/perizinan PZ", "dpmptsp/nib-oss NB", "dpmptsp/pbg PG", "disdukcapil/kartu-keluarga KK",
                "disdukcapil/akta-kelahiran AK", "disdukcapil/ktp-elektronik KT", "bapenda-kota/pajak-daerah PB",
                "samsat/pajak-kendaraan ST", "polri/skck SK", "polri/perpanjangan-sim SM", "imigrasi/paspor PS",
                "kejaksaan-negeri/tilang TL", "bpjs-kesehatan/perubahan-data BK", "bpjs-ketenagakerjaan/klaim-jaminan BT",
                "pajak/npwp-baru NP", "pdam/rekening-air AR", "satpol-pp/pengaduan-perda PD",
            ])
    }

    @Test func theScaleSiteIsFresh() throws {
        let file = Self.sites + "/uji-skala/site.yaml"
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            try ScaleSite.text.write(toFile: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(file): read it, then run without ANJUNGAN_RECORD")
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == ScaleSite.text, "run with ANJUNGAN_RECORD=1")
    }

    @Test func theScaleSiteHas60AgenciesAnd500Services() throws {
        let site = try SiteSource.read("uji-skala", in: Self.sites)
        #expect(site.agencies.count == 60)
        #expect(site.agencies.flatMap(\.services).count == 500)
        #expect(Set(site.agencies.flatMap(\.services).map(\.prefix)).count == 500)
        #expect(site.agencies.flatMap(\.services).allSatisfy { $0.provenance.basis == .sample })
    }
}

/// The text of `Kiosk/sites/uji-skala/site.yaml`: a mall as large as any, all of it made up.
enum ScaleSite {
    static let agencies = 60
    static let services = 500

    static var text: String { head + (1...agencies).map(agency).joined() }

    private static let head = """
        # 60 agencies with 500 services, all made up, to see that a large mall works.
        # Written by Tests/SiteBundleTests/ScaleSite.swift; change that, then run
        #   ANJUNGAN_RECORD=1 swift test --filter theScaleSiteIsFresh

        id: uji-skala
        name: MPP Uji Skala
        city: Kota Contoh
        place: gedung contoh
        time_zone: Asia/Jakarta

        kiosks:
          - {id: uji-1, letter: A}
          - {id: uji-2, letter: B}

        sources:
          uji: Tests/SiteBundleTests/ScaleSite.swift

        agencies:

        """

    /// The first 20 agencies have 9 services, the others 8.
    private static func agency(_ number: Int) -> String {
        let first = (number - 1) * 8 + min(number - 1, 20) + 1
        let count = number <= 20 ? 9 : 8
        // Every tenth name is as long as names of real offices get.
        let tail = number % 10 == 0 ? " Bidang Pelayanan Terpadu, Pengawasan dan Pengembangan Wilayah Kota Contoh" : ""
        let head = """

              - id: instansi-\(padded(number))
                name: Instansi Contoh \(padded(number))\(tail)
                kind: contoh
                basis: sample
                sumber: uji
                services:

            """
        return head + (first..<(first + count)).map(service).joined()
    }

    private static func service(_ number: Int) -> String {
        let letter = Character(Unicode.Scalar(UInt8(0x41 + (number - 1) / 20)))
        let tail = number % 25 == 0 ? " untuk Penerbitan, Perpanjangan, Penggantian dan Pencabutan Surat Keterangan Contoh" : ""
        let identification = number % 5 == 0 ? "        identification: nik\n" : ""
        return """
                  - id: layanan-\(padded(number, 3))
                    name: Layanan Contoh \(padded(number, 3))\(tail)
                    prefix: \(letter)\(padded((number - 1) % 20 + 1))

            """ + identification + """
                        basis: sample
                        sumber: uji

                """
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

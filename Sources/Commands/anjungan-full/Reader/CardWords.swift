import SmartCard

// What a card says, in words.

extension ReaderWords {
    /// Each octet of an ATR, and what follows from them (ISO/IEC 7816-3, clause 8).
    func explain(_ answer: AnswerToReset) -> [String] {
        var lines = ["ATR \(answer.octets.spaced)"]
        for field in answer.fields {
            if case .historical(let number) = field.name {
                // They mean something together only.
                if number == 1 {
                    lines.append(
                        "  T1…  \(answer.historical.spaced)  \(choose("oktet historis", "historical bytes"))\(text(answer.historical))")
                }
                continue
            }
            let name = "\(field.name)"
            lines.append(
                "  \(name)\(String(repeating: " ", count: max(1, 5 - name.count)))\([field.octet].hexadecimal)  \(meaning(field, answer))")
        }
        lines.append(
            choose("Protokol: ", "Protocols: ")
                + (answer.protocols.isEmpty ? "-" : answer.protocols.map(\.description).joined(separator: ", ")))
        lines.append(choose("Tegangan: ", "Voltages: ") + answer.voltages.map(\.description).joined(separator: ", "))
        if let storage = StorageCardName(answer) {
            let card = storage.text ?? choose("jenis ", "kind ") + [UInt8(storage.card >> 8), UInt8(storage.card & 0xFF)].hexadecimal
            lines.append(choose("Kartu penyimpan menurut pembaca: ", "A storage card, by what the reader says: ") + card)
        }
        return lines
    }

    private func meaning(_ field: AnswerToReset.Field, _ answer: AnswerToReset) -> String {
        switch field.name {
        case .initialCharacter:
            return answer.isInverse ? choose("konvensi terbalik", "inverse convention") : choose("konvensi langsung", "direct convention")
        case .format:
            return choose(
                "\(answer.historical.count) oktet historis; lalu \(following(field.octet))",
                "\(answer.historical.count) historical bytes; next \(following(field.octet))")
        case .check: return choose("oktet periksa, benar", "check character, right")
        case .historical: return ""
        case .interface(.d, _):
            return choose(
                "protokol T=\(field.octet & 15); lalu \(following(field.octet))",
                "protocol T=\(field.octet & 15); next \(following(field.octet))")
        case .interface(.a, 1):
            return choose("laju tercepat ", "fastest rate ")
                + (BitRate(rawValue: field.octet)?.description ?? choose("dicadangkan", "reserved"))
        case .interface(.b, 1), .interface(.b, 2): return choose("tegangan pemrograman, kuno", "programming voltage, obsolete")
        case .interface(.c, 1): return choose("waktu jaga tambahan ", "extra guard time ") + "\(field.octet)"
        case .interface(.a, 2):
            let isFixed = field.octet & 0x80 != 0
            return choose(
                "mode khusus T=\(field.octet & 15)\(isFixed ? ", tetap" : "")",
                "specific mode T=\(field.octet & 15)\(isFixed ? ", for good" : "")")
        case .interface(.c, 2): return choose("waktu tunggu T=0: WI ", "waiting time of T=0: WI ") + "\(field.octet)"
        case .interface(let letter, _): return later(letter, field)
        }
    }

    /// From the third group on a byte belongs to the protocol that was announced before it.
    private func later(_ letter: AnswerToReset.Field.Letter, _ field: AnswerToReset.Field) -> String {
        switch (field.announced, letter) {
        case (15, .a): choose("kelas tegangan dan jam berhenti", "classes of voltage, and whether the clock may stop")
        case (1, .a): choose("T=1: blok sampai \(field.octet) oktet", "T=1: blocks of up to \(field.octet) octets")
        case (1, .b):
            choose(
                "T=1: waktu tunggu BWI \(field.octet >> 4), CWI \(field.octet & 15)",
                "T=1: waiting times BWI \(field.octet >> 4), CWI \(field.octet & 15)")
        case (1, .c): "T=1: " + (field.octet & 1 == 1 ? "CRC" : "LRC")
        case (let announced, _): choose("milik T=\(announced ?? 0)", "of T=\(announced ?? 0)")
        }
    }

    private func following(_ octet: UInt8) -> String {
        let names = ["TA", "TB", "TC", "TD"].enumerated().filter { octet >> (4 + $0.offset) & 1 == 1 }.map(\.element)
        return names.isEmpty ? choose("tidak ada", "none") : names.joined(separator: " ")
    }

    private func text(_ octets: [UInt8]) -> String {
        let letters = octets.filter { (0x20...0x7E).contains($0) }
        return letters.count >= 4 ? "  “\(String(decoding: octets.map { (0x20...0x7E).contains($0) ? $0 : 0x2E }, as: UTF8.self))”" : ""
    }

    /// SW1-SW2 in words (ISO/IEC 7816-4, 5.6; PC/SC part 3 for readers' own).
    func status(_ status: StatusWord) -> String {
        switch (status.first, status.second) {
        case (0x90, 0x00): choose("selesai", "done")
        case (0x61, let more): choose("masih ada \(more) oktet", "\(more) octets more")
        case (0x62, 0x82): choose("berkas habis sebelum panjang yang diminta", "the file ended before the length that was asked for")
        case (0x62, 0x83): choose("berkas dinonaktifkan", "the file is deactivated")
        case (0x63, 0x00): choose("tidak cocok", "verification failed")
        case (0x63, let count) where count & 0xF0 == 0xC0:
            choose("tidak cocok, sisa \(count & 15) percobaan", "verification failed, \(count & 15) tries left")
        case (0x67, _): choose("panjang salah", "wrong length")
        case (0x68, _): choose("fungsi CLA tidak dikenal", "a function of CLA is not known")
        case (0x69, 0x82): choose("syarat keamanan belum dipenuhi", "the security status is not satisfied")
        case (0x69, 0x83): choose("cara masuk diblokir", "the way in is blocked")
        case (0x69, 0x85): choose("syarat pemakaian belum dipenuhi", "the conditions of use are not satisfied")
        case (0x69, 0x86): choose("tidak boleh tanpa berkas terpilih", "not allowed without a selected file")
        case (0x69, _): choose("perintah tidak diizinkan", "the command is not allowed")
        case (0x6A, 0x80): choose("data perintah salah", "the command's data is wrong")
        case (0x6A, 0x81): choose("fungsi tidak didukung", "the function is not supported")
        case (0x6A, 0x82): choose("berkas atau aplikasi tidak ada", "there is no such file or application")
        case (0x6A, 0x83): choose("rekaman tidak ada", "there is no such record")
        case (0x6A, 0x86): choose("P1-P2 salah", "P1-P2 is wrong")
        case (0x6A, 0x88): choose("data yang dirujuk tidak ada", "the data that is meant is not there")
        case (0x6A, _): choose("parameter salah", "a parameter is wrong")
        case (0x6B, _): choose("P1-P2 salah", "P1-P2 is wrong")
        case (0x6C, let right): choose("Le salah, yang benar \(right)", "Le is wrong, \(right) is right")
        case (0x6D, _): choose("INS tidak dikenal", "INS is not known")
        case (0x6E, _): choose("CLA tidak dikenal", "CLA is not known")
        case (0x62, _), (0x63, _): choose("peringatan", "a warning")
        case (0x64, _), (0x65, _), (0x66, _): choose("gagal di dalam kartu", "the card failed inside")
        case (0x6F, _): choose("gagal, tanpa keterangan", "failed, without a reason")
        case (_, _): choose("milik aplikasi kartu itu", "of the card's own application")
        }
    }
}

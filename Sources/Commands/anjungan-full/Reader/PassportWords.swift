import Conditions
import Foundation
import Secrets
import TravelDocument

// What a document's chip says and what of it is proved, in words; nothing personal but masked.

extension ReaderWords {
    func lines(_ result: DocumentResult) -> [String] {
        switch result {
        case .verified(let data, let proof):
            [choose("TERBUKTI ASLI", "VERIFIED")] + facts(data) + [
                choose("Otoritas: ", "Authority: ") + "\(proof.authority)  \(proof.algorithm)",
                choose("Terbukti: ", "Proved: ") + proof.groups.sorted().map { "DG\($0)" }.joined(separator: ", "),
            ]
        case .readNotVerified(let data, let why):
            [choose("TERBACA, TIDAK TERBUKTI ASLI", "READ, NOT VERIFIED")] + facts(data) + [why.detail, choose(why.remedy)]
        case .refused(let why): [choose("DITOLAK", "REFUSED"), why.detail, choose(why.remedy)]
        }
    }

    private func facts(_ data: DocumentData) -> [String] {
        let zone = data.zone
        let type = "\(zone[.documentCode].plain) \(zone[.issuer].plain)"
        var lines = [
            choose("Dokumen: ", "Document: ") + "\(type)  \(zone[.documentNumber].masked(last: 3))",
            choose("Nama: ", "Name: ") + zone.primaryName.masked(first: 1),
            choose("Berlaku sampai (YYMMDD): ", "Valid until (YYMMDD): ") + zone[.expiry].plain,
        ]
        if let portrait = data.portrait {
            lines.append(
                choose("Foto: ", "Portrait: ") + "\(portrait.format), \(portrait.width) × \(portrait.height), \(portrait.image.count) B")
        }
        if data.offersPACE { lines.append(choose("Cip juga menawarkan PACE.", "The chip offers PACE, too.")) }
        return lines
    }

    func json(_ result: DocumentResult) throws -> String {
        struct Report: Encodable {
            var result: String
            var code: String?
            var detail: String?
            var issuer: String?
            var documentNumber: String?
            var expiry: String?
            var authority: String?
            var provedGroups: [Int]?
            var offersPACE: Bool?
        }
        var report: Report
        var data: DocumentData?
        switch result {
        case .verified(let read, let proof):
            data = read
            report = Report(result: "verified", authority: proof.authority, provedGroups: proof.groups.sorted())
        case .readNotVerified(let read, let why):
            data = read
            report = Report(result: "readNotVerified", code: "\(why.code)", detail: why.detail)
        case .refused(let why): report = Report(result: "refused", code: "\(why.code)", detail: why.detail)
        }
        if let data {
            report.issuer = data.zone[.issuer].plain
            report.documentNumber = data.zone[.documentNumber].masked(last: 3)
            report.expiry = data.zone[.expiry].plain
            report.offersPACE = data.offersPACE
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}

extension Secret {
    /// Of what is shown as it is: kinds, countries, dates of expiry.
    fileprivate var plain: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    /// Dots, but for so many characters.
    fileprivate func masked(first: Int = 0, last: Int = 0) -> String {
        // Of what is short nothing is shown: it would be most of it.
        guard count > 2 * (first + last) else { return description }
        return self[0..<first].plain + String(repeating: "•", count: count - first - last) + self[count - last..<count].plain
    }
}

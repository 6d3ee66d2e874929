import SyncProtocol

/// The ledger as it is read aloud.
extension StageLedger {
    /// *issued = on paper + void + unknown*; what is on the screen or under way is named only while there is any.
    var paperLine: Sentence {
        guard accounts.kiosk != nil else {
            return Sentence("anjungan belum menjawab", "the kiosk has not answered yet")
        }
        var terms = [
            Sentence("di kertas \(onPaper)", "on paper \(onPaper)"),
            Sentence("batal \(counts.void)", "void \(counts.void)"),
            Sentence("tidak diketahui \(counts.unknown)", "unknown \(counts.unknown)"),
        ]
        if counts.screen > 0 {
            terms.append(Sentence("di layar \(counts.screen)", "on screen \(counts.screen)"))
        }
        if counts.open > 0 {
            terms.append(Sentence("berjalan \(counts.open)", "in progress \(counts.open)"))
        }
        let sign = addsUp ? "=" : "≠"
        return Sentence(
            "terbit \(issued) \(sign) " + terms.map(\.indonesian).joined(separator: " + "),
            "issued \(issued) \(sign) " + terms.map(\.english).joined(separator: " + "))
    }

    /// *issued = at the centre*; while entries wait, how far they are.
    var centreLine: Sentence {
        guard accounts.kiosk != nil else {
            return Sentence("anjungan belum menjawab", "the kiosk has not answered yet")
        }
        guard let atCentre = centre.atCentre else {
            return Sentence(
                "terbit \(issued), pusat belum menjawab",
                "issued \(issued), the centre has not answered yet")
        }
        if atCentre == issued {
            return Sentence(
                "terbit \(issued) = di pusat \(atCentre)", "issued \(issued) = at the centre \(atCentre)")
        }
        if centre.isHome {
            return Sentence(
                "terbit \(issued) ≠ di pusat \(atCentre)", "issued \(issued) ≠ at the centre \(atCentre)")
        }
        guard atCentre < issued, !centre.countsOthers else {
            return Sentence(
                "terbit \(issued), di pusat \(atCentre)", "issued \(issued), at the centre \(atCentre)")
        }
        let left = issued - atCentre
        return Sentence(
            "\(atCentre) dari \(issued) di pusat, \(left) sedang dikirim",
            "\(atCentre) of \(issued) at the centre, \(left) on their way")
    }

    /// *lost 0, doubled 0*; contradictions are named only when there are any.
    var verdictLine: Sentence {
        let more = contradictions
        return Sentence(
            "hilang \(lost), ganda \(doubled)" + (more > 0 ? ", bertentangan \(more)" : ""),
            "lost \(lost), doubled \(doubled)" + (more > 0 ? ", contradictory \(more)" : ""))
    }

    /// Why the paper line is not at rest.
    var paperNotes: [Sentence] {
        var notes: [Sentence] = []
        if !accounts.kioskAnswers {
            notes.append(Sentence("anjungan sedang dimulai ulang", "kiosk restarting"))
        }
        if !accounts.paperAnswers {
            notes.append(Sentence("printer emulasi tidak menjawab", "emulated printer away"))
        }
        if paper.unchecked > 0, accounts.paper != nil {
            notes.append(
                Sentence(
                    "\(paper.unchecked) dicetak sebelum printer ini dinyalakan: hanya menurut catatan anjungan",
                    "\(paper.unchecked) from before this printer was on: the kiosk's word alone"))
        }
        return notes
    }

    /// Why the centre line is not at rest.
    var centreNotes: [Sentence] {
        var notes: [Sentence] = []
        if accounts.networkIsCut { notes.append(Sentence("jaringan terputus", "network cut")) }
        if !accounts.centreAnswers { notes.append(Sentence("pusat tidak menjawab", "centre away")) }
        if centre.waiting > 0 {
            notes.append(
                Sentence(
                    "\(centre.waiting) catatan menunggu",
                    "\(centre.waiting) \(centre.waiting == 1 ? "entry waits" : "entries wait")"))
        }
        if centre.countsOthers {
            notes.append(
                Sentence(
                    "pusat juga menghitung anjungan atau jurnal lain: tidak dapat dibandingkan",
                    "the centre counts other kiosks or journals too: not comparable"))
        }
        return notes
    }

    /// Everything that is not as it should be, one sentence each.
    var reasons: [Sentence] { paperReasons + centreReasons }

    private var paperReasons: [Sentence] {
        paper.missing.map {
            Sentence(
                "\($0): menurut anjungan tercetak, tetapi tidak ada lembar utuh di kertas",
                "\($0): the kiosk calls it printed, but no whole sheet is on the paper")
        }
            + paper.repeated.map {
                Sentence(
                    "\($0.name): \($0.count) lembar utuh dari satu cetakan",
                    "\($0.name): \($0.count) whole sheets of one print")
            }
            + paper.sameNumber.map {
                Sentence(
                    "nomor \($0.name) diberikan kepada \($0.count) tiket",
                    "number \($0.name) was given to \($0.count) tickets")
            }
            + paper.denied.map {
                Sentence(
                    "\($0): menurut anjungan tidak tercetak, tetapi ada lembar utuh di kertas",
                    "\($0): the kiosk says it was not printed, but a whole sheet is on the paper")
            }
            + paper.unjournaled.map {
                Sentence(
                    "\($0): ada di kertas, tetapi tidak tercatat di jurnal",
                    "\($0): on the paper, but not in the journal")
            }
    }

    private var centreReasons: [Sentence] {
        var reasons: [Sentence] = []
        if let atCentre = centre.atCentre, centre.isHome, atCentre != issued {
            reasons.append(
                Sentence(
                    "semua catatan sudah sampai, tetapi pusat menghitung \(atCentre) tiket, bukan \(issued)",
                    "every entry has arrived, but the centre counts \(atCentre) tickets, not \(issued)"))
        } else if !centre.different.isEmpty {
            let columns = centre.different.map(\.rawValue).joined(separator: ", ")
            reasons.append(
                Sentence(
                    "semua catatan sudah sampai, tetapi anjungan dan pusat berbeda pada: \(columns)",
                    "every entry has arrived, but kiosk and centre differ in: \(columns)"))
        }
        if centre.isForked {
            reasons.append(
                Sentence(
                    "anjungan dan pusat menyimpan riwayat yang berbeda",
                    "kiosk and centre hold different histories"))
        }
        return reasons
            + centre.incidents.map {
                Sentence(
                    "pusat melaporkan \($0.code.rawValue) pada catatan \($0.sequence): \($0.detail)",
                    "the centre reports \($0.code.rawValue) at entry \($0.sequence): \($0.detail)")
            }
    }
}

import Secrets

/// The countries of issuers: three letters in a zone (Doc 9303 part 3, section 5), two in a certificate (part 12, 7.1.1).
enum IssuingState {
    /// The two letters that an issuer's certificates may bear; empty where the issuer is unknown.
    /// - Parameter issuer: the letters of a zone, without fillers: `IDN`, `D`.
    static func countries(of issuer: Secret) -> Set<String> {
        let code = issuer.withBytes { String(decoding: $0, as: UTF8.self) }
        return known[code] ?? []
    }

    private static let known: [String: Set<String>] = {
        // Organisations and States that ISO 3166-1 does not know, or that write it otherwise.
        var all: [String: Set<String>] = [
            "D": ["DE"], "EUE": ["EU"], "UNO": ["UN"], "UNA": ["UN"], "UNK": ["UN"], "XPO": ["XP"], "XOM": ["XO", "SM"],
            "RKS": ["KS", "XK"],
            "XKX": ["KS", "XK"], "UTO": ["UT"],
        ]
        // All parts of the United Kingdom have its certificates, and so have Hong Kong and Macao China's or their own.
        for part in ["GBD", "GBN", "GBO", "GBP", "GBS"] { all[part] = ["GB"] }
        for pair in iso.split(whereSeparator: \.isWhitespace) { all[String(pair.prefix(3)), default: []].insert(String(pair.suffix(2))) }
        all["CHN"] = ["CN", "HK", "MO"]
        return all
    }()

    /// ISO 3166-1, three letters and two.
    private static let iso = """
        ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ
        BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH
        CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK
        DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI
        GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN
        IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB
        LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT
        MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO
        NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO
        RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI
        SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG
        UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
        """
}

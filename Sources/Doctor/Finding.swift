public import Conditions

/// What the doctor looks at, in this order.
public enum Check: String, Hashable, Sendable, CaseIterable {
    case configuration
    case site
    case journal
    case kiosk
    case cups
    case queue
    case printer
    case roll
    case readers
    case scanners
    case rules
    case centre
    case enrolment
    case clock
    case disk

    /// As people read it.
    public var name: Words {
        switch self {
        case .configuration: Words(indonesian: "konfigurasi", english: "configuration")
        case .site: Words(indonesian: "mal", english: "site")
        case .journal: Words(indonesian: "jurnal", english: "journal")
        case .kiosk: Words(indonesian: "anjungan", english: "kiosk")
        case .cups: Words(both: "CUPS")
        case .queue: Words(indonesian: "antrean cetak", english: "print queue")
        case .printer: Words(both: "printer")
        case .roll: Words(indonesian: "kertas", english: "paper")
        case .readers: Words(indonesian: "pembaca kartu", english: "card readers")
        case .scanners: Words(indonesian: "pemindai", english: "scanners")
        case .rules: Words(indonesian: "aturan udev", english: "udev rules")
        case .centre: Words(indonesian: "pusat", english: "centre")
        case .enrolment: Words(indonesian: "pendaftaran", english: "enrolment")
        case .clock: Words(indonesian: "jam", english: "clock")
        case .disk: Words(indonesian: "penyimpanan", english: "disk")
        }
    }
}

/// What one check found. A check that finds several things wrong has a finding for each, because each has its own remedy.
public struct Finding: Hashable, Sendable {
    public var check: Check
    /// nil: nothing is wrong.
    public var condition: ConditionCode?
    /// False where an earlier fault, or a missing permission, kept the check from being made.
    public var isExamined: Bool
    /// The fact behind it: what was measured, which file, which number.
    public var detail: Words

    private init(_ check: Check, _ condition: ConditionCode?, isExamined: Bool, _ detail: Words) {
        self.check = check
        self.condition = condition
        self.isExamined = isExamined
        self.detail = detail
    }

    /// Nothing is wrong.
    public static func sound(_ check: Check, _ detail: Words) -> Finding { Finding(check, nil, isExamined: true, detail) }

    /// Something is wrong, or soon will be.
    public static func wrong(_ check: Check, _ condition: ConditionCode, _ detail: Words) -> Finding {
        Finding(check, condition, isExamined: true, detail)
    }

    /// The check could not be made; the detail says why.
    public static func skipped(_ check: Check, _ why: Words) -> Finding { Finding(check, nil, isExamined: false, why) }
}

extension Words {
    init(_ indonesian: String, _ english: String) { self.init(indonesian: indonesian, english: english) }

    /// What has no language: a number, a name, the message of a system.
    init(both text: String) { self.init(indonesian: text, english: text) }

    static func + (left: Words, right: Words) -> Words {
        Words(left.indonesian + right.indonesian, left.english + right.english)
    }
}

extension [Words] {
    func joined(separator: String) -> Words {
        Words(map(\.indonesian).joined(separator: separator), map(\.english).joined(separator: separator))
    }
}

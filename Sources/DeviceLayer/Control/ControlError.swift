/// Why the device layer did not do what it was asked. Equal by code.
public struct ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        // What was asked.
        case invalidRequest = "invalid-request"
        case tooLong = "too-long"
        case tooMany = "too-many"
        case noDevice = "no-device"
        case wrongKind = "wrong-kind"
        // What the reader or the card did.
        case notReady = "not-ready"
        case noSlot = "no-slot"
        case noCard = "no-card"
        case removed
        case timedOut = "timed-out"
        case unusableCard = "unusable-card"
        case invalidCommand = "invalid-command"
        case failed
        case cancelled
        // The way to the device layer; never sent.
        case away
        case notPermitted = "not-permitted"
        case interrupted
        case silent
        case unknownVersion = "unknown-version"
    }

    public var code: Code
    /// What was wrong and where, in English; holds no personal data.
    public var detail: String
    /// What to do next.
    public var next: Advice { Advice(code) }

    public init(_ code: Code, _ detail: String) { (self.code, self.detail) = (code, detail) }

    public var description: String { "\(code.rawValue): \(detail); \(next.english)" }
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The next action of whoever stands there.
    public struct Advice: Hashable, Sendable {
        public var indonesian: String
        public var english: String

        private init(_ indonesian: String, _ english: String) { (self.indonesian, self.english) = (indonesian, english) }

        init(_ code: Code) {
            self =
                switch code {
                case .invalidRequest:
                    .init("Periksa perintah itu di README protokolnya.", "Compare the request with the protocol's README.")
                case .tooLong: .init("Pecah menjadi bagian yang lebih kecil.", "Split it into smaller parts.")
                case .tooMany: .init("Tunggu jawaban yang masih berjalan.", "Wait for the answers that are still to come.")
                case .noDevice: .init("Lihat nama perangkat dengan “list”.", "See the devices' names with “list”.")
                case .wrongKind: .init("Pilih perangkat dari jenis yang sesuai.", "Choose a device of the fitting kind.")
                case .notReady:
                    .init(
                        "Lihat keadaan pembaca dengan “status” dan ikuti sarannya.", "See how the reader is with “status”, and follow that."
                    )
                case .noSlot: .init("Pakai nomor slot dari “status”, mulai 0.", "Use a slot number of “status”, from 0 on.")
                case .noCard: .init("Masukkan atau tempelkan kartu, lalu ulangi.", "Insert or tap a card, then repeat.")
                case .removed: .init("Biarkan kartu sampai selesai, lalu ulangi.", "Leave the card until it is done, then repeat.")
                case .timedOut: .init("Ulangi; bila tetap begitu, coba kartu lain.", "Repeat; if it stays so, try another card.")
                case .unusableCard:
                    .init(
                        "Balik kartu atau bersihkan kontaknya; coba kartu lain.", "Turn the card over or clean its contacts; try another.")
                case .invalidCommand: .init("Perbaiki APDU itu.", "Correct the APDU.")
                case .failed:
                    .init("Ulangi; bila tetap begitu, cabut dan pasang lagi.", "Repeat; if it stays so, plug it out and in again.")
                case .cancelled: .init("Ulangi bila masih diperlukan.", "Repeat it if it is still wanted.")
                case .away:
                    .init("Jalankan “anjungan run” atau “anjungan devices serve”.", "Start “anjungan run” or “anjungan devices serve”.")
                case .notPermitted:
                    .init("Jalankan sebagai pengguna anjungan atau root.", "Run this as the kiosk's user or as root.")
                case .interrupted: .init("Lihat log lapisan perangkat, lalu ulangi.", "Look at the device layer's log, then repeat.")
                case .silent: .init("Lihat log lapisan perangkat; jalankan ulang.", "Look at the device layer's log; restart it.")
                case .unknownVersion: .init("Pasang semua program dari rakitan yang sama.", "Install all programs from the same build.")
                }
        }
    }
}

extension ControlError {
    init(_ failure: ReaderFailure) {
        let code: Code =
            switch failure.code {
            case .notReady: .notReady
            case .noSlot: .noSlot
            case .noCard: .noCard
            case .removed: .removed
            case .timedOut: .timedOut
            case .unusableCard: .unusableCard
            case .invalidCommand: .invalidCommand
            case .failed: .failed
            case .cancelled: .cancelled
            }
        self.init(code, failure.detail)
    }
}

extension ControlError: Codable {
    private enum Key: String, CodingKey { case code, detail, next }
    private enum Language: String, CodingKey {
        case indonesian = "id"
        case english = "en"
    }

    public func encode(to encoder: any Encoder) throws {
        var error = encoder.container(keyedBy: Key.self)
        try error.encode(code, forKey: .code)
        try error.encode(detail, forKey: .detail)
        var advice = error.nestedContainer(keyedBy: Language.self, forKey: .next)
        try advice.encode(next.indonesian, forKey: .indonesian)
        try advice.encode(next.english, forKey: .english)
    }

    public init(from decoder: any Decoder) throws {
        let error = try decoder.container(keyedBy: Key.self)
        self.init(try error.decode(Code.self, forKey: .code), try error.decode(String.self, forKey: .detail))
    }
}

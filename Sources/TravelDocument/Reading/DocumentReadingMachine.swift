public import Secrets
public import SmartCard

/// The whole way through a chip: application, access control, files (Doc 9303 parts 10 and 11). Commands out, answers in; who carries them
/// does not matter.
///
/// A new one for each card. Whatever the card says, it ends after a bounded number of commands.
public struct DocumentReadingMachine: Sendable {
    public enum Step: Sendable {
        case send(CommandAPDU)
        /// The files, or why there are none. Nothing is sent any more.
        case finish(Result<DocumentFiles, Refusal>)
    }

    private enum State: Sendable {
        /// EF.CardAccess is read, in front of everything. Exits: application.
        case cardAccess(FileReading)
        /// The application was selected. Exits: access, finished.
        case application
        /// Both ends prove to each other what they know. Exits: file, finished.
        case access(any AccessControl)
        /// One file after the other. Exits: file, finished.
        case file(FileReading, SecureMessaging)
        case finished
    }

    /// Octets of randomness that a reading takes.
    public static let randomness = BasicAccess.randomness
    /// Octets that are asked for at once; under protection they fit an answer with short lengths.
    public static let shortPortion = 223

    private let key: DocumentKey
    private let randomness: Secret
    private let wantsPortrait: Bool
    private let portion: Int
    private var state: State
    private var files: [ElementaryFile: Secret] = [:]
    private var waiting: [ElementaryFile] = []

    /// - Parameters:
    ///   - key: what is printed in the document.
    ///   - wantsPortrait: whether EF.DG2 is read, which takes most of the time.
    ///   - randomness: ``randomness`` octets that nobody can guess, for this reading alone.
    ///   - portion: octets that are asked for at once, 32 to 32,000; more than ``shortPortion`` only where reader and chip take extended
    ///     lengths.
    public init(_ key: DocumentKey, wantsPortrait: Bool, randomness: Secret, portion: Int = shortPortion) {
        precondition((32...32_000).contains(portion) && randomness.count == Self.randomness)
        self.key = key
        self.wantsPortrait = wantsPortrait
        self.randomness = randomness
        self.portion = portion
        state = .cardAccess(FileReading(.cardAccess, portion: min(portion, Self.shortPortion)))
    }

    /// The first command.
    public var first: CommandAPDU { FileReading(.cardAccess, portion: portion).first }

    /// What follows from the answer to the last command; all of it, in one piece (``ResponseChaining``).
    public mutating func take(_ answer: ResponseAPDU) -> Step {
        do throws(Refusal) {
            return try advance(answer)
        } catch {
            return finish(.failure(error))
        }
    }

    private mutating func advance(_ answer: ResponseAPDU) throws(Refusal) -> Step {
        switch state {
        case .cardAccess(let reading): return takeCardAccess(answer, reading)
        case .application: return try takeApplication(answer)
        case .access(let access): return try takeAccess(answer, access)
        case .file(let reading, let messaging): return try takeFile(answer, reading, messaging)
        case .finished: throw Refusal(.messagingBroken, "an answer came to a reading that was over")
        }
    }

    /// A chip with nothing but BAC has no such file, and says so in many ways: it is not needed.
    private mutating func takeCardAccess(_ answer: ResponseAPDU, _ reading: FileReading) -> Step {
        var reading = reading
        switch Result(catching: { () throws(Refusal) in try reading.take(Secret(answer.data), answer.status) }) {
        case .success(.send(let command)):
            state = .cardAccess(reading)
            return .send(command)
        case .success(.finish(let octets)): files[.cardAccess] = octets
        case .success(.absent), .failure: break
        }
        state = .application
        return .send(Self.selectApplication)
    }

    private mutating func takeApplication(_ answer: ResponseAPDU) throws(Refusal) -> Step {
        // Security status not satisfied, conditions of use not satisfied: it is there, and opens to another access control only.
        guard answer.status.rawValue != 0x6982, answer.status.rawValue != 0x6985 else {
            throw Refusal(.accessUnsupported, "the chip does not open its application to basic access control: \(answer.status)")
        }
        guard answer.status == .done else {
            throw Refusal(.noDocument, "the card has no travel document application: \(answer.status)")
        }
        var access = try refusing { try BasicAccess(key, randomness: randomness) }
        let command = access.start()
        state = .access(access)
        return .send(command)
    }

    private mutating func takeAccess(_ answer: ResponseAPDU, _ access: any AccessControl) throws(Refusal) -> Step {
        var access = access
        switch try access.take(answer) {
        case .send(let command):
            state = .access(access)
            return .send(command)
        case .opened(let messaging):
            waiting = [.contents, .securityObject, .zone]
            return try readNext(messaging)
        }
    }

    private mutating func takeFile(
        _ answer: ResponseAPDU, _ reading: FileReading, _ messaging: SecureMessaging
    ) throws(Refusal) -> Step {
        var (reading, messaging) = (reading, messaging)
        let opened = try messaging.open(answer)
        switch try reading.take(opened.data, opened.status) {
        case .send(let command):
            let protected = try refusing { try messaging.protect(command) }
            state = .file(reading, messaging)
            return .send(protected)
        case .absent(let status): throw Refusal(.fileMissing, "\(reading.file) cannot be selected: \(status)")
        case .finish(let octets):
            files[reading.file] = octets
            if reading.file == .contents, wantsPortrait, try ContentsFile(octets).groups.contains(2) { waiting.append(.portrait) }
            return try readNext(messaging)
        }
    }

    private mutating func readNext(_ messaging: SecureMessaging) throws(Refusal) -> Step {
        guard !waiting.isEmpty else {
            guard let contents = files[.contents], let object = files[.securityObject], let zone = files[.zone] else {
                throw Refusal(.fileMissing, "not every file was read")
            }
            let read = DocumentFiles(
                cardAccess: files[.cardAccess], contents: contents, securityObject: object, zone: zone, portrait: files[.portrait])
            return finish(.success(read))
        }
        var messaging = messaging
        let reading = FileReading(waiting.removeFirst(), portion: portion)
        let command = try refusing { try messaging.protect(reading.first) }
        state = .file(reading, messaging)
        return .send(command)
    }

    private mutating func finish(_ result: Result<DocumentFiles, Refusal>) -> Step {
        state = .finished
        files = [:]
        return .finish(result)
    }

    /// SELECT by the application's name, A0 00 00 02 47 10 01 (Doc 9303 part 10, 3.6.1).
    private static let selectApplication = CommandAPDU(
        0x00, 0xA4, 0x04, 0x0C, data: [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01])
}

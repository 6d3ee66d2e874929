public import Secrets
public import SmartCard

/// A whole reading, whatever carries the commands.
public struct DocumentReader: Sendable {
    private let authentication: PassiveAuthentication
    private let wantsPortrait: Bool
    private let portion: Int

    /// - Parameters:
    ///   - store: whose documents are trusted.
    ///   - wantsPortrait: whether the picture is read; it takes most of the time.
    ///   - portion: see ``DocumentReadingMachine``.
    public init(trusting store: CertificateStore, wantsPortrait: Bool, portion: Int = DocumentReadingMachine.shortPortion) {
        authentication = PassiveAuthentication(trusting: store)
        self.wantsPortrait = wantsPortrait
        self.portion = portion
    }

    /// - Parameters:
    ///   - key: what is printed in the document.
    ///   - randomness: ``DocumentReadingMachine/randomness`` octets that nobody can guess, for this reading alone.
    ///   - time: now, in seconds since 1970.
    ///   - transmit: carries one command to the card and brings all of its answer; what it throws ends the reading.
    public func read<Failure: Error>(
        _ key: DocumentKey, randomness: Secret, at time: Int,
        transmit: (CommandAPDU) async throws(Failure) -> ResponseAPDU
    ) async throws(Failure) -> DocumentResult {
        var machine = DocumentReadingMachine(key, wantsPortrait: wantsPortrait, randomness: randomness, portion: portion)
        var command = machine.first
        while true {
            switch machine.take(try await transmit(command)) {
            case .send(let next): command = next
            case .finish(.success(let files)): return authentication.judge(files, openedBy: key, at: time)
            case .finish(.failure(let refusal)): return .refused(why: refusal)
            }
        }
    }
}

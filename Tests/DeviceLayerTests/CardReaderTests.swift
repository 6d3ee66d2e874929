import ReaderBench
import Testing

/// The suite that `TransportTests` run over USB, with readers in this process.
@Suite(.timeLimit(.minutes(2))) struct CardReaderTests {
    @Test(arguments: ReaderBehaviour.allCases) func aReaderBehaves(_ behaviour: ReaderBehaviour) async throws {
        try await behaviour.demand { .inProcess($0, hasNotices: $1) }
    }
}

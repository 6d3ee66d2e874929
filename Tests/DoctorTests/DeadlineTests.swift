import Testing

@testable import Doctor

/// A doctor must not hang.
@Suite(.timeLimit(.minutes(15))) struct DeadlineTests {
    @Test func whatComesInTimeIsTaken() async throws {
        #expect(try await within(.seconds(30)) { 7 }.get() == 7)
    }

    @Test func workThatIgnoresItsCancellationIsLeftBehind() async {
        let result: Result<Int, any Error> = await within(.milliseconds(20)) {
            // Never resumed, as a call into C that never returns.
            await withUnsafeContinuation { (_: UnsafeContinuation<Int, Never>) in }
        }
        #expect(throws: TimedOut.self) { try result.get() }
    }

    @Test func aFailureIsPassedOn() async {
        let result: Result<Int, any Error> = await within(.seconds(30)) { throw SystemFailure(description: "broken") }
        #expect(throws: SystemFailure.self) { try result.get() }
    }
}

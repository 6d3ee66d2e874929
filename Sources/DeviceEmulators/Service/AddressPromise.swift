import LoopbackWeb
import Synchronization

/// The addresses of a printer that is starting; any number of callers may wait for them.
final class AddressPromise: Sendable {
    typealias Addresses = EmulatedPrinter.Addresses

    private struct State {
        var printer: ListenAddress?
        var paper: ListenAddress?
        var result: Result<Addresses, any Error>?
        var waiting: [CheckedContinuation<Addresses, any Error>] = []
    }

    private let state = Mutex(State())

    /// The printer port listens. `isWhole`: there will be no paper page.
    func printerListens(on address: ListenAddress, isWhole: Bool) {
        settle { state in
            state.printer = address
            return isWhole || state.paper != nil ? .success(Addresses(printer: address, paper: state.paper)) : nil
        }
    }

    func paperListens(on address: ListenAddress) {
        settle { state in
            state.paper = address
            return state.printer.map { .success(Addresses(printer: $0, paper: address)) }
        }
    }

    /// Without effect when the addresses are known already.
    func fail(_ error: any Error) { settle { _ in .failure(error) } }

    func value() async throws -> Addresses {
        try await withCheckedThrowingContinuation { continuation in
            let known = state.withLock { state in
                if state.result == nil { state.waiting.append(continuation) }
                return state.result
            }
            if let known { continuation.resume(with: known) }
        }
    }

    private func settle(_ change: (inout State) -> Result<Addresses, any Error>?) {
        let waiting: [CheckedContinuation<Addresses, any Error>]
        let result: Result<Addresses, any Error>
        (waiting, result) = state.withLock { state in
            guard state.result == nil, let outcome = change(&state) else { return ([], .failure(CancellationError())) }
            state.result = outcome
            defer { state.waiting = [] }
            return (state.waiting, outcome)
        }
        for continuation in waiting { continuation.resume(with: result) }
    }
}

import Broadcasting
import Synchronization
import Testing

@Suite struct OnlookersTests {
    @Test func whoeverComesLateSeesTheLatestAndThenEachNewOne() async {
        let onlookers = Onlookers<Int>()
        onlookers.tell(1)
        var numbers = onlookers.add(first: 2).stream.makeAsyncIterator()
        #expect(await numbers.next() == 2)
        onlookers.tell(3)
        onlookers.tell(4)
        #expect(await numbers.next() == 4, "a slow one misses values, never the latest")
    }

    @Test func whereEveryValueIsKeptASlowOneMissesNone() async {
        let onlookers = Onlookers<Int>(keeping: .every)
        onlookers.tell(1)
        let stream = onlookers.add().stream
        for number in 2...4 { onlookers.tell(number) }
        onlookers.finish()
        #expect(await Array(stream) == [2, 3, 4])
    }

    @Test func afterTheEndThereIsOnlyTheFirstValue() async {
        let onlookers = Onlookers<Int>()
        let early = onlookers.add(first: 1).stream
        onlookers.finish()
        onlookers.tell(2)
        #expect(await Array(early) == [1])
        #expect(await Array(onlookers.add(first: 3).stream) == [3])
        #expect(onlookers.isEmpty)
    }

    @Test func whoeverEndsIsForgotten() async {
        let onlookers = Onlookers<Int>()
        let (stream, continuation) = onlookers.add(first: 1)
        #expect(!onlookers.isEmpty)
        continuation.finish()
        for await _ in stream {}
        #expect(onlookers.isEmpty)
    }

    /// Telling under a caller's lock, while those who look are cancelled in the same moment: two threads once waited for each other so,
    /// and a kiosk stood still.
    @Test(.timeLimit(.minutes(15))) func tellingAndCancellingNeverWaitForEachOther() async {
        let teller = Teller()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<2000 {
                        let watching = Task { for await _ in teller.look() {} }
                        await Task.yield()
                        watching.cancel()
                        await watching.value
                    }
                }
            }
            group.addTask {
                for number in 0..<20_000 {
                    teller.tell(number)
                    if number % 16 == 0 { await Task.yield() }
                }
            }
        }
        #expect(teller.onlookers.isEmpty)
    }
}

extension Array {
    fileprivate init(_ stream: AsyncStream<Element>) async {
        self = []
        for await element in stream { append(element) }
    }
}

/// Keeps its values in order by a lock of its own, as those who use onlookers do.
private final class Teller: Sendable {
    let onlookers = Onlookers<Int>()
    private let value = Mutex(0)

    func look() -> AsyncStream<Int> { value.withLock { onlookers.add(first: $0).stream } }

    func tell(_ number: Int) {
        value.withLock { value in
            value = number
            onlookers.tell(number)
        }
    }
}

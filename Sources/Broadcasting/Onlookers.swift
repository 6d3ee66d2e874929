import Synchronization

/// Streams of levels: whoever looks gets the value as it is, then each new one; a slow onlooker misses values, never the latest.
///
/// Telling never holds the lock that the end of a stream takes. A task that is being cancelled holds a lock of its own while its
/// stream ends, and waking that task needs the same lock: with one lock for both, teller and canceller would wait for each other for ever.
/// So a lock that a caller holds while telling, to keep values in order, must not be taken by anything that ends a stream.
public final class Onlookers<Value: Sendable>: Sendable {
    private struct Registry {
        var all: [Int: AsyncStream<Value>.Continuation] = [:]
        var next = 0
    }

    private let registry = Mutex(Registry())

    public init() {}

    public var isEmpty: Bool { registry.withLock { $0.all.isEmpty } }

    /// A stream that begins with `first`. Finishing the continuation ends it.
    public func add(first: Value) -> (stream: AsyncStream<Value>, continuation: AsyncStream<Value>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(1))
        continuation.yield(first)
        let number = registry.withLock { registry in
            registry.next += 1
            registry.all[registry.next] = continuation
            return registry.next
        }
        continuation.onTermination = { [weak self] _ in
            // Released outside the lock: the last reference to a continuation may call back in here.
            let gone = self?.registry.withLock { $0.all.removeValue(forKey: number) }
            _ = gone
        }
        return (stream, continuation)
    }

    public func tell(_ value: Value) {
        for onlooker in registry.withLock({ Array($0.all.values) }) { onlooker.yield(value) }
    }
}

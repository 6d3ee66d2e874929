import Synchronization

/// Streams for any number of onlookers: whoever looks gets a first value where there is one, then each that is told.
///
/// Telling never holds the lock that the end of a stream takes. A task that is being cancelled holds a lock of its own while its
/// stream ends, and waking that task needs the same lock: with one lock for both, teller and canceller would wait for each other for ever.
/// So a lock that a caller holds while telling, to keep values in order, must not be taken by anything that ends a stream.
public final class Onlookers<Value: Sendable>: Sendable {
    /// What a slow onlooker gets.
    public enum Keeping: Sendable {
        /// The latest value, for levels: those before it are missed.
        case newest
        /// Every value, for events: they wait for it.
        case every
    }

    private struct Registry {
        var all: [Int: AsyncStream<Value>.Continuation] = [:]
        /// Those whose streams also show what others tell, and end with that.
        var guests: [Int: AsyncStream<Value>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let registry = Mutex(Registry())
    private let keeping: Keeping

    public init(keeping: Keeping = .newest) { self.keeping = keeping }

    public var isEmpty: Bool { registry.withLock { $0.all.isEmpty } }

    /// A stream that begins with `first`, or with the next value told. Finishing the continuation ends it; after ``finish()``
    /// there is nothing behind `first`.
    public func add(first: Value? = nil) -> (stream: AsyncStream<Value>, continuation: AsyncStream<Value>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Value.self, bufferingPolicy: keeping == .newest ? .bufferingNewest(1) : .unbounded)
        if let first { continuation.yield(first) }
        let number = registry.withLock { registry -> Int? in
            guard !registry.isFinished else { return nil }
            registry.next += 1
            registry.all[registry.next] = continuation
            return registry.next
        }
        guard let number else {
            continuation.finish()
            return (stream, continuation)
        }
        continuation.onTermination = { [weak self] _ in
            // Released outside the lock: the last reference to a continuation may call back in here.
            let gone = self?.registry.withLock { $0.all.removeValue(forKey: number) }
            _ = gone
        }
        return (stream, continuation)
    }

    /// Tells a stream that somebody else made, and that shows what others tell too; ``finish()`` does not end it.
    public func join(_ continuation: AsyncStream<Value>.Continuation) {
        registry.withLock { registry in
            registry.next += 1
            registry.guests[registry.next] = continuation
        }
    }

    public func tell(_ value: Value) {
        let (all, guests) = registry.withLock { (Array($0.all.values), $0.guests) }
        for onlooker in all { onlooker.yield(value) }
        for (number, guest) in guests {
            guard case .terminated = guest.yield(value) else { continue }
            registry.withLock { _ = $0.guests.removeValue(forKey: number) }
        }
    }

    /// Ends every stream behind what it holds, also those that are still asked for: nothing more will be told.
    public func finish() {
        let all = registry.withLock { registry in
            registry.isFinished = true
            return Array(registry.all.values)
        }
        for onlooker in all { onlooker.finish() }
    }
}

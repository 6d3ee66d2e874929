/// Personal characters (ASCII) that are wiped from memory when the last holder lets go.
///
/// It prints as dots, so that a log line or a failed assertion shows nothing.
/// Equality compares contents, as a state machine that holds one is a value.
public final class Secret: @unchecked Sendable {
    // Immutable after init, so sharing it is safe.
    private let storage: UnsafeMutableBufferPointer<UInt8>

    public init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(capacity: bytes.count)
        _ = storage.initialize(from: bytes)
    }

    private init(capacity: Int) {
        storage = .allocate(capacity: capacity)
        storage.initialize(repeating: 0)
    }

    deinit {
        for index in storage.indices { storage[index] = 0 }
        withExtendedLifetime(storage) { wipeBarrier($0.baseAddress) }
        storage.deallocate()
    }

    public var count: Int { storage.count }

    /// Lends the characters for the length of `body`. Do not copy them out.
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(storage))
    }

    /// The same characters and one more.
    public func appending(_ byte: UInt8) -> Secret {
        // Straight into the new storage: an array in between would keep a copy that nobody wipes.
        let longer = Secret(capacity: count + 1)
        for index in storage.indices { longer.storage[index] = storage[index] }
        longer.storage[count] = byte
        return longer
    }

    /// The same characters and these.
    public func appending(contentsOf bytes: some Collection<UInt8>) -> Secret {
        let longer = Secret(capacity: count + bytes.count)
        for index in storage.indices { longer.storage[index] = storage[index] }
        for (index, byte) in zip(count..., bytes) { longer.storage[index] = byte }
        return longer
    }

    /// All but the last character; an empty secret stays empty.
    public func droppingLast() -> Secret { Secret(storage.dropLast()) }
}

extension Secret: Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public static func == (lhs: Secret, rhs: Secret) -> Bool { lhs.storage.elementsEqual(rhs.storage) }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(storage)) }
    public var description: String { String(repeating: "•", count: count) }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Keeps the optimiser from dropping the zeroes as dead stores.
@inline(never)
private func wipeBarrier(_ pointer: UnsafeMutablePointer<UInt8>?) {}

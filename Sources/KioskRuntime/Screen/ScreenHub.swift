import Broadcasting
import KioskCore
import Synchronization

/// Holds the latest screen value and hands it to every connection.
///
/// One kiosk has one session: whoever connects sees the same screen. A slow connection
/// may miss a value, never the latest one.
public final class ScreenHub: Sendable {
    private let current: Mutex<ScreenMessage>
    private let connections = Onlookers<ScreenMessage>()

    public init(_ first: ScreenMessage) {
        current = Mutex(first)
    }

    func publish(_ message: ScreenMessage) {
        current.withLock { current in
            current = message
            connections.tell(message)
        }
    }

    /// The latest value at once, then each new one.
    public func messages() -> AsyncStream<ScreenMessage> {
        current.withLock { connections.add(first: $0).stream }
    }
}

/// Where a network printer listens.
public struct PrinterAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address.
    public var host: String
    /// 9100 by custom.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { "\(host):\(port)" }
}

/// What a printer calls itself (`GS I 66` and `GS I 67`).
public struct PrinterIdentity: Hashable, Sendable {
    public var maker: String
    public var model: String

    public init(maker: String, model: String) {
        self.maker = maker
        self.model = model
    }

    /// Nil unless both texts came.
    init?(_ texts: [[UInt8]]) {
        guard texts.count == 2 else { return nil }
        self.init(maker: String(decoding: texts[0], as: UTF8.self), model: String(decoding: texts[1], as: UTF8.self))
    }

    /// Whether a printer of this profile may call itself so: one of its names stands in the answer, or the answer in its name.
    /// A profile without names fits all.
    public func fits(_ profile: PrinterModel) -> Bool {
        let said = model.lowercased()
        return profile.names.isEmpty || said.isEmpty || profile.name.lowercased().contains(said)
            || profile.names.contains { said.contains($0.lowercased()) }
    }

    /// The questions, on printers that know them: the others print the second byte as a letter.
    static func questions(_ profile: PrinterModel) -> [UInt8] {
        guard profile.proof == .processID || profile.proof == .queuedStatus && !profile.names.isEmpty else { return [] }
        return Command.printerID(66).bytes + Command.printerID(67).bytes
    }
}

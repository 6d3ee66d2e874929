public import ReceiptMarkup

/// What a command of `anjungan template` does once its options are read: the same in the quick program and in the full one.
public protocol QuickWork {
    /// `-` stands for one of its files.
    var readsStandardInput: Bool { get }

    /// Reads and computes; tells and writes nothing.
    func output(drawing renderer: any DotRenderer) -> CommandOutput
}

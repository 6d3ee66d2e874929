public import ESCPOS
public import StrictYAML

extension DeviceProfiles {
    /// Reads every file of `directory/printers`, sorted by id.
    /// - Throws: ``YAMLError`` with everything that is wrong in the first file that is.
    public static func printers(in directory: String) throws(YAMLError) -> [PrinterModel] {
        var models: [PrinterModel] = []
        for name in printerNames(in: directory) { models.append(try printer(named: name, in: directory)) }
        return models
    }
}

extension Sequence<PrinterModel> {
    /// The models that answer `GS I 67` with `answer`; letters count alike in both cases, blanks at the ends not at all.
    public func named(_ answer: String) -> [PrinterModel] {
        let wanted = Self.plain(answer)
        return filter { model in model.names.contains { Self.plain($0) == wanted } }
    }

    private static func plain(_ name: String) -> String {
        let visible = name.drop { $0.isWhitespace || $0 == "\0" }
        let end = visible.lastIndex { !$0.isWhitespace && $0 != "\0" }
        return end.map { visible[...$0].lowercased() } ?? ""
    }
}

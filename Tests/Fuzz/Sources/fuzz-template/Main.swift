import PaperTemplates
import ReceiptMarkup

/// Whatever text as a template and as a value: nothing but the errors that are declared, and a value stays in its line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    do throws(TemplateError) {
        _ = try PaperTemplate(text, file: "fuzz").traced(["a": "x", "b": [["a": "y"], true], "c": .absent])
    } catch {
        precondition(error.place.line >= 1 && error.place.column >= 1)
    }
    let receipt = Receipt(parsing: escape(text), allowingDeviceCommands: true)
    precondition(receipt.lines.count == 1 && receipt.diagnostics.isEmpty, "a value became more than text")
    guard case .text(let columns) = receipt.lines[0], columns.count == 1 else { preconditionFailure("a value became a directive") }
    return 0
}

import ReceiptMarkup

/// Whatever text: parsing and laying out end, nothing stands beyond the paper, and no device command gets through unasked.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let markup = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    let receipt = Receipt(parsing: markup)
    for columns in [48, 32, 7] {
        let layout = receipt.layout(columns: columns)
        for element in layout.elements {
            switch element {
            case .text(let row): for fragment in row.fragments { precondition(fragment.start >= 0 && !fragment.text.contains("\n")) }
            case .command: preconditionFailure("a device command that nobody allowed")
            case .image, .qrCode, .barcode, .cut: break
            }
        }
        _ = layout.plainText
    }
    return 0
}

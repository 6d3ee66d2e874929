public import ReceiptMarkup

extension Barcode.System {
    /// The m of `GS k` in form B; an EAN of eight digits has 68.
    var parameter: UInt8 {
        switch self {
        case .upc: 65
        case .ean: 67
        case .code39: 69
        case .itf: 70
        case .codabar: 71
        case .code93: 72
        case .code128: 73
        }
    }

    /// The system that `GS k m` asks for, in either form; nil for what the markup has no name for.
    public init?(parameter: UInt8) {
        switch parameter {
        case 0, 65: self = .upc
        // EAN-13 and EAN-8, which their length tells apart.
        case 2, 3, 67, 68: self = .ean
        case 4, 69: self = .code39
        case 5, 70: self = .itf
        case 6, 71: self = .codabar
        case 7, 72: self = .code93
        case 8, 73: self = .code128
        default: return nil
        }
    }
}

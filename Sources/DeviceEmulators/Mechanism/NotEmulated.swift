import ESCPOS

extension Command {
    /// What to tell of a command that no printer here carries out: what it is, and what becomes of the paper without it.
    var untoldPart: String {
        let bytes = self.bytes
        guard bytes.count > 1 else { return explanation }
        let consequence =
            switch (bytes[0], Unicode.Scalar(bytes[1])) {
            case (0x1B, "L"): "; page mode is not emulated, so what follows stands line by line, from top to bottom"
            case (0x1D, ":"), (0x1D, "^"): "; macros are not emulated, so what a macro holds is printed once, where it is defined"
            case (0x1D, "(") where bytes.count > 2 && bytes[2] == 0x6B: "; of these codes only QR codes are drawn"
            default: ""
            }
        return explanation + consequence
    }
}

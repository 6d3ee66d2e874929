import CLibUSB

/// A `LIBUSB_ERROR_…` value.
struct USBFailure: Error, Hashable {
    var code: CInt

    init(code: CInt) { self.code = code }

    /// Throws where libusb returned an error.
    @discardableResult static func check(_ code: CInt) throws(USBFailure) -> CInt {
        if code < 0 { throw USBFailure(code: code) }
        return code
    }

    func `is`(_ error: libusb_error) -> Bool { code == CInt(error.rawValue) }

    /// libusb's own words.
    var words: String { String(cString: libusb_strerror(code)) }
}

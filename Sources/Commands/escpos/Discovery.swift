import DeviceSocket

/// What the scheduler is told when it asks which printers there are (backend(7), "Device discovery").
enum Discovery {
    /// How long the device layer may take for each part of its answer, in milliseconds.
    private static let patience: CInt = 2_000

    /// One line for each printer. A device layer that is away has none, and says so on standard error: others are asked, too.
    static func lines(socketPath: String) -> [String] {
        do throws(Connection.Failure) {
            return try devices(socketPath).map(line)
        } catch {
            switch error {
            case .away(let why): log(.info, "no printers to name: \(why)")
            case .broken(let error): log(.error, error.description)
            }
            return []
        }
    }

    private static func devices(_ path: String) throws(Connection.Failure) -> [DeviceDescription] {
        let stop: StopSignal
        do throws(BackendError) { stop = try StopSignal() } catch { throw .broken(error) }
        var connection = try Connection.open(path)
        try connection.send(.list)
        var devices: [DeviceDescription] = []
        while true {
            let frames = try connection.receive(until: stop, milliseconds: patience)
            if frames.isEmpty { throw .away("the device layer at \(path) does not answer") }
            for frame in frames {
                switch frame {
                case .device(let device): devices.append(device)
                case .endOfDevices: return devices
                case .refused(let why): throw .broken(BackendError("the device layer refused to name its printers: \(why)"))
                case .status, .result, .identity: throw .broken(BackendError("the device layer answered what nobody asked"))
                }
            }
        }
    }

    /// `class uri "make and model" "info" "IEEE 1284 id" "location"`.
    static func line(_ device: DeviceDescription) -> String {
        let maker = device.modelName.prefix { $0 != " " }
        let model = device.modelName.dropFirst(maker.count).drop { $0 == " " }
        let id = "MFG:\(maker);MDL:\(model.isEmpty ? maker : model);CMD:ESC/POS;CLS:PRINTER;DES:\(device.modelName);"
        let fields = [device.modelName, "\(device.name) (\(device.modelName))", id, device.address]
        return "direct \(DeviceURI.text(device.name)) " + fields.map { "\"\(quotable($0))\"" }.joined(separator: " ") + "\n"
    }

    /// A quotation mark or a line's end would end the field.
    private static func quotable(_ text: String) -> String {
        String(text.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? " " : $0 })
    }
}

/// `escpos:NAME`, with every octet of the name that a URI cannot hold as `%XX` (RFC 3986 clause 2.1).
enum DeviceURI {
    private static let scheme = "escpos:"

    static func text(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return scheme
            + name.utf8.map { octet in
                isPlain(octet) ? String(UnicodeScalar(octet)) : "%\(digits[Int(octet >> 4)])\(digits[Int(octet & 15)])"
            }.joined()
    }

    /// The device's name; nil for any other URI.
    static func name(in uri: String) -> String? {
        guard uri.hasPrefix(scheme) else { return nil }
        var octets: [UInt8] = []
        var rest = uri.utf8.dropFirst(scheme.utf8.count)
        while let first = rest.popFirst() {
            if first != UInt8(ascii: "%") {
                octets.append(first)
            } else {
                guard rest.count >= 2, let octet = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                octets.append(octet)
                rest = rest.dropFirst(2)
            }
        }
        return octets.isEmpty ? nil : String(validating: octets, as: UTF8.self)
    }

    private static func isPlain(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~".utf8.contains(octet)
        }
    }
}

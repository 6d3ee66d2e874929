import CUPSPrinting

/// Reads `HOST:PORT`, as the configuration's keys have it.
func hostAndPort(_ text: String) -> (host: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port),
        colon != text.startIndex
    else { return nil }
    return (String(text[..<colon]), port)
}

extension SpoolerAddress {
    /// Reads the key `cups_server`: an absolute path, or `HOST:PORT`.
    init?(_ text: String) {
        if text.hasPrefix("/") {
            self = .socket(path: text)
        } else {
            guard let (host, port) = hostAndPort(text) else { return nil }
            self = .host(host, port: port)
        }
    }
}

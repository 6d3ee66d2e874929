import ReceiptMarkup

/// Pictures in the printer's memories.
extension Cursor {
    /// The `count` parameters of `GS ( L` or `GS 8 L`, which are all there. `isShort`: the length has 16 bits.
    mutating func graphics(_ count: Int, isShort: Bool) -> Command? {
        guard count >= 2, peek(0) == 48, let command = graphics(function: peek(1), count) else { return skip(count) }
        _ = skip(count)
        // The long form is ours only where the short one does not do.
        return spelled(isShort == (count <= Int(UInt16.max)) && command.isOurs, command.command)
    }

    private func graphics(function: UInt8, _ count: Int) -> (command: Command, isOurs: Bool)? {
        switch (function, count) {
        case (2, 2), (50, 2): return (.printGraphics, function == 50)
        case (64, 4): return peek(2) == ascii("K") && peek(3) == ascii("C") ? (.logoNames, true) : nil
        case (66, 4): return LogoKey(peek(2), peek(3)).map { (.deleteLogo($0), true) }
        case (69, 6):
            guard let key = LogoKey(peek(2), peek(3)), let scale = RasterScale(horizontal: peek(4), vertical: peek(5)) else { return nil }
            return (.printLogo(key, scale: scale), true)
        case (67, 11...):
            // One colour, the first: more would need other paper.
            guard peek(2) == 48, let key = LogoKey(peek(3), peek(4)), peek(5) == 1, peek(10) == 49 else { return nil }
            return image(sizeAt: 6, dataAt: 11, count).map { (.storeLogo(key, $0), true) }
        case (112, 10...):
            guard peek(2) == 48, let scale = RasterScale(horizontal: peek(3), vertical: peek(4)), peek(5) == 49 else { return nil }
            return image(sizeAt: 6, dataAt: 10, count).map { (.bufferGraphics($0, scale: scale), true) }
        default: return nil
        }
    }

    /// Nil when the dots do not fill the parameters exactly.
    private func image(sizeAt size: Int, dataAt data: Int, _ count: Int) -> DotImage? {
        let width = Int(peek(size)) | Int(peek(size + 1)) << 8
        let height = Int(peek(size + 2)) | Int(peek(size + 3)) << 8
        guard (width + 7) / 8 * height == count - data else { return nil }
        return DotImage(width: width, height: height, bits: (data..<count).map { peek($0) })
    }

    /// `FS q n [xL xH yL yH d…]…`, sizes in bytes.
    mutating func bitImages() -> Command? {
        guard let images = byte() else { return nil }
        var ahead = 0
        var places: [(start: Int, across: Int, down: Int)] = []
        for _ in 0..<images {
            guard has(ahead + 4) else { return nil }
            let across = Int(peek(ahead)) | Int(peek(ahead + 1)) << 8
            let down = Int(peek(ahead + 2)) | Int(peek(ahead + 3)) << 8
            places.append((ahead + 4, across, down))
            ahead += 4 + across * down * 8
        }
        guard has(ahead) else { return nil }
        let pictures = places.map { place in
            DotImage(
                columns: (place.start..<(place.start + place.across * place.down * 8)).map { peek($0) }, bytesAcross: place.across,
                bytesDown: place.down)
        }
        // A side without dots has no picture that would say how long the other one is.
        guard let skipped = skip(ahead) else { return nil }
        return places.allSatisfy { $0.across > 0 && $0.down > 0 } ? .storeBitImages(pictures) : skipped
    }

    /// `GS * x y d…`, sizes in bytes.
    mutating func downloadedImage() -> Command? {
        guard let across = byte(), let down = byte() else { return nil }
        let count = Int(across) * Int(down) * 8
        guard count > 0 else { return skip(0) }
        return take(count).map { .storeDownloadedImage(DotImage(columns: $0, bytesAcross: Int(across), bytesDown: Int(down))) }
    }
}

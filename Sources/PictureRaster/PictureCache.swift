import ReceiptMarkup
import Synchronization

/// The last few pictures, so that the logo of every ticket is decoded once.
final class PictureCache: Sendable {
    static let shared = PictureCache()

    private struct Entry {
        var png: [UInt8]
        var maxWidth: Int
        var image: DotImage
    }

    /// Pictures kept; a kiosk prints one or two logos.
    private let capacity = 8
    /// A longer PNG is a photograph that comes once.
    private let longest = 1 << 18
    /// The one used last stands first.
    private let entries = Mutex<[Entry]>([])

    func image(
        png: [UInt8], maxWidth: Int, _ make: () throws(DotRenderingError) -> DotImage
    ) throws(DotRenderingError) -> DotImage {
        if let known = find(png, maxWidth) { return known }
        let image = try make()
        guard png.count <= longest else { return image }
        entries.withLock { entries in
            if entries.count == capacity { entries.removeLast() }
            entries.insert(Entry(png: png, maxWidth: maxWidth, image: image), at: 0)
        }
        return image
    }

    /// Comparing a few kilobytes costs less than hashing them.
    private func find(_ png: [UInt8], _ maxWidth: Int) -> DotImage? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.maxWidth == maxWidth && $0.png.count == png.count && $0.png == png }) else {
                return nil
            }
            if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
            return entries[0].image
        }
    }
}

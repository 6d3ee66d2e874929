/// Cuts a stream of octets into frames, however the stream is chopped.
///
/// After an error it stays broken and gives the same error again.
public struct FrameDecoder<Message: Frame>: Sendable {
    /// Octets that belong to a frame whose end has not come; never more than one frame's.
    private var pending: [UInt8] = []
    private var broken: FrameError?

    public init() {}

    /// Takes the next octets; returns the frames that they complete.
    public mutating func feed(_ octets: some Sequence<UInt8>) throws(FrameError) -> [Message] {
        if let broken { throw broken }
        pending.append(contentsOf: octets)
        var frames: [Message] = []
        var start = 0
        do throws(FrameError) {
            while let body = try bodyRange(from: start) {
                frames.append(try Message(kind: pending[start + 1], body: Array(pending[body])))
                start = body.upperBound
            }
        } catch {
            broken = error
            pending = []
            throw error
        }
        pending.removeFirst(start)
        return frames
    }

    /// Where the body of the frame at `start` stands; nil while the frame is not whole.
    private func bodyRange(from start: Int) throws(FrameError) -> Range<Int>? {
        let available = pending.count - start
        guard available >= 1 else { return nil }
        guard pending[start] == FrameLimits.version else {
            throw FrameError(
                .unsupportedVersion,
                "version \(pending[start]) where \(FrameLimits.version) was expected; install anjungan and escpos from the same build")
        }
        guard available >= FrameLimits.header else { return nil }
        let length = pending[start + 2..<start + FrameLimits.header].reduce(0) { $0 << 8 | Int($1) }
        guard length <= FrameLimits.body else {
            throw FrameError(.tooLong, "a body of \(length) octets, more than \(FrameLimits.body)")
        }
        let body = start + FrameLimits.header..<start + FrameLimits.header + length
        return body.upperBound <= pending.count ? body : nil
    }
}

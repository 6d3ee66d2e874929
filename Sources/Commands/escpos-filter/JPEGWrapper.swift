/// Makes a JPEG the one picture of a PDF page, so that one program reads both (ISO 32000-1 clause 7.4.8, DCTDecode).
enum JPEGWrapper {
    static func pdf(_ jpeg: [UInt8]) throws(FilterError) -> [UInt8] {
        let frame = try frame(of: jpeg)
        let space =
            switch frame.components {
            case 1: "/DeviceGray"
            case 3: "/DeviceRGB"
            // Programs that write four components write them inverted (Adobe Technical Note 5116).
            case 4: "/DeviceCMYK /Decode [1 0 1 0 1 0 1 0]"
            case let other: throw FilterError("a JPEG of \(other) components is no picture that can be printed")
            }
        let size = "\(frame.width) \(frame.height)"
        let draw = "\(frame.width) 0 0 \(frame.height) 0 0 cm /P Do"
        var file = Array("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        func object(_ head: String, _ stream: [UInt8]? = nil) {
            offsets.append(file.count)
            file += Array("\(offsets.count) 0 obj\n\(head)\n".utf8)
            if let stream { file += Array("stream\n".utf8) + stream + Array("\nendstream\n".utf8) }
            file += Array("endobj\n".utf8)
        }
        object("<< /Type /Catalog /Pages 2 0 R >>")
        object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(size)] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>")
        object("<< /Length \(draw.utf8.count) >>", Array(draw.utf8))
        object(
            "<< /Type /XObject /Subtype /Image /Width \(frame.width) /Height \(frame.height) /ColorSpace \(space) /BitsPerComponent 8"
                + " /Filter /DCTDecode /Length \(jpeg.count) >>", jpeg)
        let table = file.count
        let entries = offsets.map { offset in
            String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n"
        }
        file += Array("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n\(entries.joined())".utf8)
        return file + Array("trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n".utf8)
    }

    private struct Frame {
        var width: Int
        var height: Int
        var components: Int
    }

    /// The first frame header (ITU-T T.81 clause B.2.2: markers C0h to CFh but C4h, C8h and CCh).
    private static func frame(of jpeg: [UInt8]) throws(FilterError) -> Frame {
        var index = 2
        while index + 9 < jpeg.count, jpeg[index] == 0xFF {
            let marker = jpeg[index + 1]
            if marker == 0xFF {
                index += 1
                continue
            }
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                return Frame(
                    width: Int(jpeg[index + 7]) << 8 | Int(jpeg[index + 8]), height: Int(jpeg[index + 5]) << 8 | Int(jpeg[index + 6]),
                    components: Int(jpeg[index + 9]))
            }
            index += 2 + (Int(jpeg[index + 2]) << 8 | Int(jpeg[index + 3]))
        }
        throw FilterError("the JPEG has no size; it is damaged")
    }
}

extension Character {
    /// What paper and the fonts of one colour have of an emoji that is put together; nil for every other character.
    ///
    /// A flag becomes the two letters of its country, a picture with a skin tone the one without, and of several joined pictures
    /// the first stands for all (Unicode Technical Standard 51, sections 1.4.6 to 2.2).
    var plainEmoji: String? {
        let scalars = unicodeScalars
        guard let first = scalars.first, first.value >= 0x2000, scalars.count > 1 else { return nil }
        if scalars.count == 2, scalars.allSatisfy(\.isRegional) {
            return scalars.reduce(into: "") { text, letter in
                if let plain = Unicode.Scalar(letter.value - 0x1F1E6 + 0x41) { text.unicodeScalars.append(plain) }
            }
        }
        guard first.properties.isEmoji else { return nil }
        let kept = scalars.prefix { $0 != "\u{200D}" }.enumerated().filter { index, scalar in
            index == 0 || !scalar.properties.isEmojiModifier && !(0xE0020...0xE007F).contains(scalar.value)
        }
        guard kept.count < scalars.count else { return nil }
        return kept.reduce(into: "") { $0.unicodeScalars.append($1.element) }
    }
}

extension Unicode.Scalar {
    /// One of the letters that make a flag in pairs.
    fileprivate var isRegional: Bool { (0x1F1E6...0x1F1FF).contains(value) }
}

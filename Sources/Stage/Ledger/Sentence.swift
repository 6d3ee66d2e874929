/// The same said in both languages.
struct Sentence: Hashable, Sendable, Codable {
    var indonesian: String
    var english: String

    init(_ indonesian: String, _ english: String) {
        self.indonesian = indonesian
        self.english = english
    }
}

import KioskCore
import StrictYAML

/// Who took which name in a site, to find names taken twice and numbers that two services could both issue.
final class NameBook {
    private let root: YAMLMapping
    private var taken: [String: YAMLPlace] = [:]
    private var prefixes: [(text: String, place: YAMLPlace)] = []
    private var letters: [String] = []

    init(_ root: YAMLMapping) {
        self.root = root
    }

    func add(kiosk: KioskID, at value: YAMLValue) { take("kiosk", kiosk.rawValue, value) }
    func add(agency: AgencyID, at value: YAMLValue) { take("agency", agency.rawValue, value) }
    func add(service: String, at value: YAMLValue) { take("service", service, value) }

    func add(letter: String, at value: YAMLValue) {
        if take("letter", letter, value) { letters.append(letter) }
    }

    func add(prefix: String, at value: YAMLValue) {
        if take("prefix", prefix, value) { prefixes.append((prefix, value.place)) }
    }

    /// A kiosk without network issues from its reserve series, prefix and letter: “K” and letter “A” make “KA-001”,
    /// which a service with the prefix “KA” would issue as well. The same holds for printed sheets and their letter.
    func refuseConfusablePrefixes() {
        let byText = Dictionary(uniqueKeysWithValues: prefixes.map { ($0.text, $0.place) })
        for (text, place) in prefixes {
            for letter in letters + [ManualSeries.letter] {
                guard let other = byText[text + letter] else { continue }
                let owner = letter == ManualSeries.letter ? "printed sheets" : "a kiosk"
                root.refuse(
                    at: other,
                    "the prefix “\(text + letter)” is also “\(text)” (line \(place.line ?? 0)) with the letter “\(letter)” of \(owner)",
                    remedy: "give one of the two services another prefix")
            }
        }
    }

    @discardableResult
    private func take(_ kind: String, _ name: String, _ value: YAMLValue) -> Bool {
        if let first = taken["\(kind) \(name)"] {
            value.refuse("the \(kind) “\(name)” is already taken in line \(first.line ?? 0)", remedy: "use a name of its own")
            return false
        }
        taken["\(kind) \(name)"] = value.place
        return true
    }
}

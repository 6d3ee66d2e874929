/// Gathers what is wrong while a document is read, so that an author sees all of it at once.
final class YAMLCollector {
    let file: String
    private(set) var problems: [YAMLProblem] = []

    init(file: String) {
        self.file = file
    }

    func report(_ place: YAMLPlace, _ reason: String, remedy: String) {
        problems.append(YAMLProblem(place, reason, remedy: remedy))
    }
}

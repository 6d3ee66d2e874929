import ArgumentParser
import Foundation

/// The ports of a kiosk and its demo, from `ANJUNGAN_PORTS=7070,7071,7072,7073`; a fifth is for the paper of the stage's second lane.
struct Ports {
    var screen = 7070
    var paper = 7071
    var centre = 7072
    var stage = 7073
    /// Nothing but the page of an optional lane hangs on it.
    var stockPaper = Choice.rather(7074)

    /// How much a port is wanted.
    enum Choice: Hashable {
        /// Somebody named it: no other will do.
        case only(Int)
        /// That one where it is free, else any other.
        case rather(Int)
        case any
    }

    static func fromEnvironment() throws -> Ports {
        guard let text = ProcessInfo.processInfo.environment["ANJUNGAN_PORTS"], !text.isEmpty else { return Ports() }
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0.trimmingCharacters(in: .whitespaces)) }
        let valid = numbers.compactMap { $0 }.filter { (1...65_535).contains($0) }
        guard valid.count == numbers.count, (4...5).contains(valid.count), Set(valid).count == valid.count else {
            throw ValidationError(
                "ANJUNGAN_PORTS must hold four different ports from 1 to 65535, like 7070,7071,7072,7073, or five; it holds “\(text)”.")
        }
        return Ports(
            screen: valid[0], paper: valid[1], centre: valid[2], stage: valid[3], stockPaper: valid.count > 4 ? .only(valid[4]) : .any)
    }
}

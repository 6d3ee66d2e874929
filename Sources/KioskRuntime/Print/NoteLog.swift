import ESCPOS
import Logging
import Synchronization

/// Tells in the log what tickets show otherwise than their template says: each thing once, however many tickets have it.
///
/// A note names characters by their code points and codes by their kind, never the value that stands on the ticket.
final class NoteLog: Sendable {
    private let logger: Logger
    private let told = Mutex<Set<String>>([])
    /// Different notes come from the site's names, of which there are so many; the log is not for more.
    private static let most = 200

    init(_ logger: Logger) { self.logger = logger }

    func tell(_ notes: [EncodingNote]) {
        for note in notes {
            let isNew = told.withLock { $0.count < Self.most && $0.insert(note.description).inserted }
            if isNew { logger.warning("a ticket is printed otherwise than its template says", metadata: ["note": "\(note)"]) }
        }
    }
}

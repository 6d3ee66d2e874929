import SyncProtocol
import Synchronization

/// ``Admission`` for requests that come at the same time.
final class AdmissionGate: Sendable {
    private let admission: Mutex<Admission>

    init(limit: Int) { admission = Mutex(Admission(limit: limit)) }

    func enter() -> Admission.Verdict { admission.withLock { $0.enter(random: .random(in: .min ... .max)) } }
    func leave() { admission.withLock { $0.leave() } }
    var maximumEntries: Int? { admission.withLock(\.maximumEntries) }
}

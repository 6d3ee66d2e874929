public import Secrets
public import ServiceLifecycle
public import VerifierContract

/// What reads identity cards and proves them: where a KTP-el reader with its SAM, or a verifier of IKD, plugs in.
///
/// Only what an agreement with Ditjen Dukcapil allows can stand behind it; nothing in this project reads a KTP-el.
/// ``VerifierProgram`` is the one implementation, for programs of other makers.
public protocol ResidentCardVerifier: Service {
    /// How it is, and what it has read, from now on; its status first, once it is known.
    func events() -> AsyncStream<VerifierEvent>
    /// From now on documents are wanted for this visit; nil: for nobody, and what was asked is taken back.
    func want(_ visit: Int?)
}

/// What a verifier tells.
public enum VerifierEvent: Hashable, Sendable {
    case status(VerifierStatus)
    /// For this visit: the NIK of a document that proved itself and its holder; nil: one that did not.
    case result(visit: Int, nik: Secret?)
}

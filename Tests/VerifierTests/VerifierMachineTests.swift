import Conditions
import Secrets
import Testing

@testable import VerifierContract

/// Transcripts: one line is one event and everything it causes.
@Suite struct VerifierMachineTests {
    static let nik = Secret("1471114101900001".utf8)
    var machine = VerifierMachine()

    /// Without the setting of timers.
    mutating func happens(_ event: VerifierMachine.Event) -> [VerifierMachine.Effect] {
        machine.handle(event).filter {
            switch $0 {
            case .startTimer: false
            case .launch, .send, .close, .kill, .report, .result, .finish: true
            }
        }
    }

    func due(_ timer: VerifierMachine.Timer, _ generation: Int = 1) -> VerifierMachine.Event {
        .due(.init(timer: timer, generation: generation))
    }

    mutating func toReady() {
        #expect(happens(.start) == [.launch, .send(.hello)])
        _ = happens(.said(.hello(protocol: 1, name: "sam", version: "3")))
        #expect(happens(.said(.status(isReady: true, reason: ""))) == [.report(.init(condition: nil, detail: "sam 3"))])
    }

    @Test mutating func aDocumentIsWantedReadAndHadOnce() {
        toReady()
        #expect(happens(.want(7)) == [.send(.verify(request: 1, seconds: 60))])
        #expect(happens(.said(.present(request: 1))) == [])
        #expect(happens(.said(.verified(request: 1, nik: Self.nik))) == [.result(visit: 7, nik: Self.nik)])
        #expect(happens(.want(nil)) == [])
        #expect(happens(.want(7)) == [.send(.verify(request: 2, seconds: 60))], "the visitor went back")
    }

    @Test mutating func whoeverWaitsBeforeItIsReadyIsServedOnceItIs() {
        _ = happens(.start)
        #expect(happens(.want(7)) == [])
        _ = happens(.said(.hello(protocol: 1, name: "sam", version: "3")))
        #expect(
            happens(.said(.status(isReady: true, reason: "")))
                == [.send(.verify(request: 1, seconds: 60)), .report(.init(condition: nil, detail: "sam 3"))])
    }

    @Test mutating func aResultForAVisitorWhoHasLeftIsForNobody() {
        toReady()
        _ = happens(.want(7))
        #expect(happens(.want(8)) == [.send(.cancel(request: 1))])
        #expect(happens(.said(.verified(request: 1, nik: Self.nik))) == [.send(.verify(request: 2, seconds: 60))])
    }

    @Test mutating func afterARefusalTheNextDocumentIsAskedFor() {
        toReady()
        _ = happens(.want(7))
        #expect(
            happens(.said(.refused(request: 1, reason: "expired"))) == [
                .result(visit: 7, nik: nil), .send(.verify(request: 2, seconds: 60)),
            ])
        #expect(happens(.said(.ended(request: 2))) == [.send(.verify(request: 3, seconds: 60))])
    }

    @Test mutating func whatIsUnavailableIsAskedAgainWhenItIsReady() {
        toReady()
        _ = happens(.want(7))
        let unready = VerifierStatus(condition: .verifierUnready, detail: "sam 3: no network")
        #expect(happens(.said(.unavailable(request: 1, reason: "no network"))) == [.report(unready)])
        #expect(
            happens(.said(.status(isReady: true, reason: "")))
                == [.send(.verify(request: 2, seconds: 60)), .report(.init(condition: nil, detail: "sam 3"))])
    }

    @Test(arguments: [
        VerifierWord.hello(protocol: 1, name: "sam", version: "3"), .present(request: 9), .ended(request: 9),
        .verified(request: 9, nik: nik),
        .pong(1),
    ])
    mutating func whatIsOutOfPlaceEndsIt(_ word: VerifierWord) {
        toReady()
        _ = happens(.want(7))
        let effects = happens(.said(word))
        #expect(effects.first == .kill)
        #expect(happens(.said(.verified(request: 1, nik: Self.nik))) == [], "what a dying program says is too late")
    }

    @Test mutating func itIsStartedAgainAfterPausesThatGrowAndShrink() {
        _ = happens(.start)
        var pauses: [Duration] = []
        for round in 1...9 {
            let effects = machine.handle(.ended("status 1"))
            for case .startTimer(let id, let pause) in effects where id.timer == .launch { pauses.append(pause) }
            #expect(happens(due(.launch, round)) == [.launch, .send(.hello)])
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        _ = happens(.said(.hello(protocol: 1, name: "sam", version: "3")))
        _ = happens(due(.ping))
        _ = happens(.said(.pong(1)))
        #expect(machine.handle(.ended("status 1")).contains(.startTimer(.init(timer: .launch, generation: 10), .seconds(1))))
    }

    @Test mutating func onePingInTimeAndOneNot() {
        toReady()
        #expect(happens(due(.ping)) == [.send(.ping(1))])
        #expect(happens(.said(.pong(1))) == [])
        #expect(happens(due(.pong)) == [], "it was answered")
        #expect(happens(due(.ping, 2)) == [.send(.ping(2))])
        #expect(happens(due(.pong, 2)).first == .kill)
    }

    @Test mutating func aRequestThatDoesNotEndEndsTheProgramAndIsAskedOfTheNext() {
        toReady()
        _ = happens(.want(7))
        #expect(happens(due(.request)).first == .kill)
        _ = happens(.ended("signal 9"))
        _ = happens(due(.launch))
        _ = happens(.said(.hello(protocol: 1, name: "sam", version: "3")))
        #expect(happens(.said(.status(isReady: true, reason: ""))).first == .send(.verify(request: 2, seconds: 60)))
    }

    @Test mutating func anotherVersionIsNamed() {
        _ = happens(.start)
        let words = "sam 4 speaks version 2 of the contract, this kiosk version 1"
        #expect(
            happens(.said(.hello(protocol: 2, name: "sam", version: "4"))) == [
                .kill, .report(.init(condition: .verifierAway, detail: words)),
            ])
    }

    @Test mutating func itIsAskedToEndAndIfItDoesNotIsEnded() {
        toReady()
        #expect(happens(.shutDown) == [.close])
        #expect(happens(due(.farewell)) == [.kill])
        #expect(happens(.ended("signal 9")) == [.finish])
        var other = VerifierMachine()
        #expect(other.handle(.shutDown) == [.finish])
    }
}

/// What is read of a line, and what is not.
@Suite struct VerifierWordTests {
    static func read(_ line: String) throws(VerifierWord.Garbled) -> VerifierWord {
        try Array(line.utf8).withUnsafeBufferPointer { line throws(VerifierWord.Garbled) in try VerifierWord(decoding: line) }
    }

    @Test func everyWordOfTheContractIsRead() throws {
        #expect(try Self.read(#"{"type":"hello","protocol":1,"name":"x","version":"2"}"#) == .hello(protocol: 1, name: "x", version: "2"))
        #expect(try Self.read(#" { "ready" : true , "type" : "status" } "#) == .status(isReady: true, reason: ""))
        #expect(try Self.read(#"{"type":"status","ready":false,"reason":"no SAM"}"#) == .status(isReady: false, reason: "no SAM"))
        #expect(try Self.read(#"{"type":"present","request":7}"#) == .present(request: 7))
        #expect(
            try Self.read(#"{"nik":"1471114101900001","name":"B\"\u00e9","request":7,"type":"verified","x":[{"y":[1,-2.5e+3,null]}]}"#)
                == .verified(request: 7, nik: VerifierMachineTests.nik))
        #expect(try Self.read(#"{"type":"refused","request":7,"reason":"expired"}"#) == .refused(request: 7, reason: "expired"))
        #expect(try Self.read(#"{"type":"ended","request":7}"#) == .ended(request: 7))
        #expect(try Self.read(#"{"type":"unavailable","request":7,"reason":"x"}"#) == .unavailable(request: 7, reason: "x"))
        #expect(try Self.read(#"{"type":"pong","number":3}"#) == .pong(3))
        #expect(try Self.read(#"{"type":"weather"}"#) == .other)
    }

    @Test(arguments: [
        "", "{", "{}", "[]", "hello", #"{"type":"pong"}"#, #"{"type":"pong","number":-1}"#, #"{"type":"pong","number":1234567890}"#,
        #"{"type":"pong","number":"3"}"#, #"{"type":"pong","number":3}x"#, #"{"type":"pong","number":3,"number":4}"#,
        #"{"type":"verified","request":7,"nik":"147111410190000"}"#, #"{"type":"verified","request":7,"nik":1471114101900001}"#,
        #"{"type":"verified","request":7,"nik":"14711141019000\u0031"}"#, #"{"type":"status","ready":"yes"}"#,
        #"{"type":"status","ready":false}"#,
        #"{"type":"po\u006eg","number":3}"#, #"{"type":"pong","number":3,}"#, #"{"type":"a","x":"#, #"{"type":"a","x":"\"#,
        #"{"type":"a","x":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}",
        #"{"type":"a","x":""# + String(repeating: "x", count: 4096) + #""}"#,
    ])
    func whatIsNoneOfTheContractIsRefusedWithoutItsContents(_ line: String) {
        #expect { try Self.read(line) } throws: { error in
            guard let garbled = error as? VerifierWord.Garbled else { return false }
            return !garbled.reason.contains("1471")
        }
    }

    @Test func whatTheKioskSaysIsOneLine() {
        for word in [HostWord.hello, .verify(request: 1, seconds: 2), .cancel(request: 1), .ping(9)] {
            #expect(word.line.last == 0x0A && word.line.count { $0 == 0x0A } == 1)
        }
    }
}

import ScanCodes
import Secrets
import SeededRandomness
import Testing

@Suite struct KeystrokeMachineTests {
    @Test func everyCharacterOfTheKeyboardIsReadBack() {
        let text = String(decoding: UInt8(0x20)...0x7E, as: UTF8.self)
        var typist = Typist()
        typist.type(text)
        typist.tap(.enter)
        #expect(typist.takeCodes() == [text])
    }

    @Test func capsLockTurnsLettersOnly() {
        var typist = Typist()
        typist.tap(.capsLock)
        typist.type("Ab1!")
        typist.tap(.capsLock)
        typist.type("Ab")
        typist.tap(.enter)
        #expect(typist.takeCodes() == ["aB1!Ab"])
    }

    @Test func numbersOnTheKeypadWithAltAreCharacters() {
        var typist = Typist()
        for digits in [[6, 5], [0, 0, 6, 6], [0, 2, 3, 3], [0, 2, 9]] {
            typist.press(.leftAlt)
            for digit in digits { typist.tap(Key(rawValue: digit == 0 ? 0x62 : UInt8(0x58 + digit)), after: .milliseconds(4)) }
            typist.release(.leftAlt)
        }
        typist.type("x")
        typist.tap(.enter)
        #expect(typist.takeCodes() == ["ABé\u{1D}x"])
    }

    @Test func controlAndBracketIsTheGroupSeparator() {
        var typist = Typist()
        typist.type("0104")
        typist.press(.leftControl, after: .zero)
        typist.tap(Key(rawValue: 0x30))
        typist.release(.leftControl)
        typist.type("21A")
        // Control and M is a carriage return.
        typist.press(.rightControl, after: .zero)
        typist.tap(Key(rawValue: 0x10))
        #expect(typist.takeCodes() == ["0104\u{1D}21A"])
    }

    @Test func theIdentifierOfTheSymbologyIsTakenOff() {
        var typist = Typist()
        typist.type("]Q3UJI:K3M9QX")
        typist.tap(.enter)
        #expect(typist.effects.last == .scanned(Secret("UJI:K3M9QX"), AIMIdentifier(Array("]Q3".utf8))))
    }

    @Test func prefixAndSuffixAreTheProfiles() {
        var typist = Typist(ScannerProfile(prefix: Array("%".utf8), suffix: [.enter, .tab]))
        typist.type("%12345")
        typist.tap(.enter)
        typist.tap(.tab)
        #expect(typist.takeCodes() == ["12345"])
        typist.type("12345")
        typist.tap(.enter)
        typist.tap(.tab)
        #expect(typist.takeReasons() == [.noPrefix])
    }

    @Test func anEnterWithinACodeOfATabScannerIsALineOfIt() {
        var typist = Typist(ScannerProfile(suffix: [.tab]))
        typist.type("BEGIN")
        typist.tap(.enter)
        typist.type("END")
        typist.tap(.tab)
        #expect(typist.takeCodes() == ["BEGIN\rEND"])
    }

    @Test func withoutASuffixSilenceEndsACode() {
        var typist = Typist(ScannerProfile(suffix: []))
        typist.type("0012345678")
        #expect(typist.takeCodes() == [])
        typist.type("9")
        typist.waitLong()
        #expect(typist.takeCodes() == ["00123456789"])
    }

    @Test func aCodeThatWasCutInTwoIsNoneOfBothHalves() {
        var typist = Typist()
        typist.type("12345")
        typist.type("67890", gap: .milliseconds(300))
        typist.tap(.enter)
        #expect(typist.takeCodes() == [])
        typist.type("12345")
        typist.effects.removeAll { if case .wait = $0 { false } else { true } }
        guard case .wait(_, let number)? = typist.effects.last else { return #expect(Bool(false), "nothing is waited for") }
        typist.receive(.waited(number: number))
        typist.type("67890")
        typist.tap(.enter)
        #expect(typist.takeReasons() == [.unfinished])
        typist.type("67890")
        typist.tap(.enter)
        #expect(typist.takeCodes() == ["67890"])
    }

    @Test func keysThatWereDownWhenItWasTakenAreNotTyped() {
        var typist = Typist()
        let key = KeyboardLayout.us.key(for: UInt8(ascii: "7"))!.key
        typist.receive(.taken(held: [key, .leftShift]))
        #expect(!typist.machine.isListening)
        typist.receive(.keystroke(Keystroke(key, .repeated, at: typist.now)))
        typist.release(key)
        typist.release(.leftShift)
        typist.waitLong()
        #expect(typist.machine.isListening)
        typist.type("ab12")
        typist.tap(.enter)
        #expect(typist.takeCodes() == ["ab12"])
    }

    @Test func aCodeThatIsUnderWayWhenItIsTakenIsNotTold() {
        var typist = Typist()
        typist.receive(.taken(held: []))
        typist.type("67890")
        typist.tap(.enter)
        #expect(typist.takeCodes() == [] && typist.machine.isListening)
    }

    @Test func theKernelsRepetitionsAreNotTyped() {
        var typist = Typist()
        typist.type("1234")
        typist.press(.enter)
        typist.receive(.keystroke(Keystroke(.enter, .repeated, at: typist.now)))
        typist.release(.enter)
        #expect(typist.takeCodes() == ["1234"])
    }

    @Test func aLossSpoilsTheCodeAndTheNextIsWhole() {
        var typist = Typist()
        typist.type("123")
        typist.receive(.lost)
        typist.receive(.held([.leftShift]))
        typist.release(.leftShift)
        typist.type("789")
        typist.tap(.enter)
        #expect(typist.takeReasons() == [.incomplete])
        typist.type("4567")
        typist.tap(.enter)
        #expect(typist.takeCodes() == ["4567"])
    }

    @Test func whatIsUnpluggedInTheMiddleOfACodeBeginsAnew() {
        var typist = Typist()
        typist.press(.leftShift)
        typist.type("123")
        typist.receive(.gone)
        typist.type("4567")
        typist.tap(.enter)
        #expect(typist.takeCodes() == ["4567"])
    }

    @Test func twoThatTypeAtOnceDoNotMix() {
        var (one, other) = (Typist(), Typist(ScannerProfile(suffix: [.tab])))
        for (left, right) in zip("0012345678", "ANJ1:AB/CD") {
            one.type("\(left)")
            other.type("\(right)")
        }
        one.tap(.enter)
        other.tap(.tab)
        #expect(one.takeCodes() == ["0012345678"])
        #expect(other.takeCodes() == ["ANJ1:AB/CD"])
    }

    @Test func whatIsTooShortOrTooLongIsNoCode() {
        var typist = Typist()
        typist.type("123")
        typist.tap(.enter)
        #expect(typist.takeReasons() == [.tooShort])
        typist.tap(.enter)
        #expect(typist.effects.isEmpty)
        typist.type(String(repeating: "8", count: ScannerProfile.longestCode + 1), gap: .milliseconds(1))
        typist.tap(.enter)
        #expect(typist.takeReasons() == [.tooLong])
    }

    // MARK: A person who types fast is not a scanner

    @Test func noGapOfAScannerMakesItAPersonAndOneOfAPersonDoes() {
        var randomness = SeededGenerator.announced("scan codes").generator
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 4...40, using: &randomness)).map { _ in UInt8.random(in: 0x20...0x7E, using: &randomness) }
            var gaps = (0...text.count).map { _ in Duration.microseconds(Int.random(in: 0...50_000, using: &randomness)) }
            let slow = Bool.random(using: &randomness) ? Int.random(in: 1...text.count, using: &randomness) : nil
            if let slow { gaps[slow] = .microseconds(Int.random(in: 50_001...900_000, using: &randomness)) }
            var typist = Typist()
            for (character, gap) in zip(text, gaps) { typist.type(String(UnicodeScalar(character)), gap: gap) }
            typist.tap(.enter, after: gaps[text.count])
            let expected = String(decoding: text, as: UTF8.self)
            // An identifier of a symbology by chance is taken off.
            let identifier = AIMIdentifier(text) == nil ? 0 : 3
            let isCode = slow == nil && text.count - identifier >= 4
            #expect(typist.takeCodes() == (isCode ? [String(expected.dropFirst(identifier))] : []))
        }
    }

    /// The fastest typists reach 20 keys a second in bursts, and pause between words.
    @Test func aTextThatSomebodyTypesIsNeverACode() {
        var typist = Typist()
        for word in "silakan ketik nomor induk kependudukan 1471114101900001".split(separator: " ") {
            typist.type(String(word.prefix(3)), gap: .milliseconds(45))
            typist.type(String(word.dropFirst(3)), gap: .milliseconds(65))
            typist.tap(.enter, after: .milliseconds(80))
        }
        #expect(typist.takeCodes() == [])
    }
}

import CardCryptography
import Secrets
import SmartCard
import Testing

@testable import TravelDocument

/// The primitives by others' numbers: FIPS 180-4, NIST SP 800-67 and SP 800-38A/B, Doc 9303 part 11 appendix D.
@Suite struct CryptographyTests {
    @Test(arguments: [
        (HashFunction.sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D"),
        (.sha224, "23097D223405D8228642A477BDA255B32AADBCE4BDA0B3F7E36C9DA7"),
        (.sha256, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
    ])
    func hashesOfABC(_ function: HashFunction, _ digest: String) throws {
        #expect(try function.digest(Secret(text: "abc")).hexadecimal == digest)
        for function in HashFunction.allCases { #expect(try function.digest(Secret([])).count == function.count) }
    }

    /// SP 800-38A, F.2.1 and F.2.2.
    @Test func aesInChainsOfBlocks() throws {
        let key = try Secret(hexadecimal: "2B7E151628AED2A6ABF7158809CF4F3C")
        let plain = try Secret(hexadecimal: "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51")
        let initial = try hex("000102030405060708090A0B0C0D0E0F")
        let coded = try BlockCipher.aes.encrypt(plain, key: key, initial: initial)
        #expect(coded.hexadecimal == "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2")
        #expect(try BlockCipher.aes.decrypt(coded, key: key, initial: initial) == plain)
    }

    /// SP 800-38B, D.1; the first eight octets.
    @Test(arguments: [
        ("", "BB1D6929E9593728"), ("6BC1BEE22E409F96E93D7E117393172A", "070A16B46B4D4144"),
        ("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411", "DFA66747DE9AE630"),
    ])
    func cmac(_ message: String, _ code: String) throws {
        let key = try Secret(hexadecimal: "2B7E151628AED2A6ABF7158809CF4F3C")
        #expect(try MessageAuthentication.cmac.code(hex(message), key: key).hexadecimal == code)
    }

    /// Appendix D.2: K of the printed data, and what is derived from it.
    @Test func keysOfBasicAccess() throws {
        let key = try DocumentKey(number: Secret(text: "L898902C"), birth: Secret(text: "690806"), expiry: Secret(text: "940623"))
        let seed = try key.seed()[0..<16]
        #expect(seed.hexadecimal == "239AB9CB282DAF66231DC5A4DF6BFBAE")
        let keys = try SessionKeys(.tripleDES, seed: seed)
        #expect(keys.encryption.hexadecimal == "AB94FDECF2674FDFB9B391F85D7F76F2")
        #expect(keys.authentication.hexadecimal == "7962D9ECE03D1ACD4C76089DCE131543")
        let long = try MachineReadableZone(scanned: Secret(text: ZoneTests.longCard))
        #expect(try DocumentKey(long).seed()[0..<16].hexadecimal == "B366AD857DDCA2B08C0E299811714730")
    }

    /// Appendix G: the key of PACE from the printed data, which the same derivation gives for AES.
    @Test func keyOfAES() throws {
        let key = try DocumentKey(number: Secret(text: "T22000129"), birth: Secret(text: "640812"), expiry: Secret(text: "101031"))
        #expect(try key.seed().hexadecimal == "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD")
        #expect(try MessagingSuite.aes(keyLength: 16).key(seed: key.seed(), counter: 3).hexadecimal == "89DED1B26624EC1E634C1989302849DD")
    }
}

import CardCryptography
public import Secrets

/// What is printed in a document and opens its chip: document number, birth and expiry with their check digits (Doc 9303 part 11, 4.3.2).
public struct DocumentKey: Hashable, Sendable {
    /// The MRZ information: `L898902C<369080619406236`.
    let information: Secret

    /// From a zone that was scanned, or that a chip has.
    public init(_ zone: MachineReadableZone) { information = Self.information(zone[.documentNumber], zone[.birth], zone[.expiry]) }

    /// From what a person types.
    /// - Parameters:
    ///   - number: letters and digits, small ones too.
    ///   - birth: YYMMDD.
    ///   - expiry: YYMMDD.
    public init(number: Secret, birth: Secret, expiry: Secret) throws(ZoneError) {
        guard (1...22).contains(number.count) else { throw ZoneError(.length, at: number.count) }
        let capital = Secret(count: number.count) { (output: UnsafeMutableBufferPointer<UInt8>) in
            for index in 0..<number.count { output[index] = number[index].capital }
        }
        if let strange = (0..<capital.count).first(where: { CheckDigit.value(capital[$0]) == nil }) {
            throw ZoneError(.character, at: strange)
        }
        guard birth.isDate(mayBeUnknown: true), expiry.isDate(mayBeUnknown: false) else { throw ZoneError(.date, at: 0) }
        information = Self.information(capital, birth, expiry)
    }

    /// Each part followed by its digit; a short number filled up to nine.
    private static func information(_ number: Secret, _ birth: Secret, _ expiry: Secret) -> Secret {
        let filled = Secret(joining: [number, Secret(repeatElement(UInt8(ascii: "<"), count: max(0, 9 - number.count)))])
        return Secret(
            joining: [filled, birth, expiry].flatMap { part in
                // Its characters were proved.
                [part, Secret([CheckDigit.of(part)!])]
            })
    }

    /// K of the key derivation, of which BAC takes the first 16 octets and PACE all 20.
    func seed() throws(CryptographyError) -> Secret { try HashFunction.sha1.digest(information) }
}

import DeviceEmulators
import Foundation
import SmartCard
import Subprocess
import SystemPackage
import Testing

/// A country that issues documents: its authority and its signer of documents, made by the openssl command for this run alone.
struct Country: Sendable {
    /// Where its keys and certificates are; whoever made it removes it.
    let folder: String
    /// What its signatures are made of.
    let kind: Kind

    struct Kind: Sendable, CustomTestStringConvertible {
        var name: String
        /// Arguments of `openssl genpkey`.
        var key: [String]
        /// Of `openssl cms -sign`, and the digest.
        var signing: [String] = []
        var hash = "sha256"
        var hasExplicitCurve: Bool { key.contains("ec_param_enc:explicit") }
        var testDescription: String { name }

        static let ecdsa = Kind(name: "ECDSA on P-256", key: curve("prime256v1"))
        static let all = [
            ecdsa, Kind(name: "ECDSA on brainpoolP256r1", key: curve("brainpoolP256r1")),
            Kind(
                name: "ECDSA on brainpoolP384r1, explicit parameters",
                key: curve("brainpoolP384r1") + ["-pkeyopt", "ec_param_enc:explicit"],
                hash: "sha384"),
            Kind(name: "ECDSA on P-521", key: curve("secp521r1"), hash: "sha512"),
            Kind(name: "RSA with SHA-1", key: rsa, hash: "sha1"), Kind(name: "RSA", key: rsa),
            Kind(name: "RSA-PSS", key: rsa, signing: ["-keyopt", "rsa_padding_mode:pss"]),
            Kind(name: "RSA-PSS with SHA-512", key: rsa, signing: ["-keyopt", "rsa_padding_mode:pss"], hash: "sha512"),
            Kind(name: "ECDSA with SHA-224", key: curve("secp224r1"), hash: "sha224"),
        ]

        private static func curve(_ name: String) -> [String] { ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(name)"] }
        private static let rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    }

    /// Makes a country, lends it and removes it.
    static func found<Result>(_ kind: Kind = .ecdsa, code: String = "UT", _ body: (Country) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("country-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let country = Country(folder: folder, kind: kind)
        try await country.makeAuthority("csca", name: "/C=\(code)/O=Utopia/CN=CSCA \(code)")
        try await country.makeSigner("signer", by: "csca", code: code)
        return try await body(country)
    }

    func makeAuthority(_ file: String, name: String) async throws {
        try await openssl(["genpkey"] + kind.key + ["-out", "\(file).key"])
        try await openssl([
            "req", "-x509", "-new", "-key", "\(file).key", "-out", "\(file).pem", "-subj", name, "-days", "3650", "-\(kind.hash)",
            "-addext",
            "basicConstraints=critical,CA:TRUE,pathlen:0", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        ])
    }

    /// Certified by an authority, for 100 days.
    func makeSigner(
        _ file: String, by authority: String, code: String = "UT", extensions: String = "keyUsage=critical,digitalSignature"
    ) async throws {
        try await openssl(["genpkey"] + kind.key + ["-out", "\(file).key"])
        try await openssl(["req", "-new", "-key", "\(file).key", "-out", "\(file).csr", "-subj", "/C=\(code)/O=Utopia/CN=DS \(file)"])
        try write(Array(extensions.utf8), "\(file).cnf")
        try await openssl([
            "x509", "-req", "-in", "\(file).csr", "-CA", "\(authority).pem", "-CAkey", "\(authority).key", "-CAcreateserial", "-days",
            "100",
            "-\(kind.hash)", "-extfile", "\(file).cnf", "-out", "\(file).pem",
        ])
    }

    /// A CMS SignedData of this content.
    func sign(_ content: [UInt8], by signer: String = "signer", type: String = "2.23.136.1.1.1", more: [String] = []) async throws
        -> [UInt8]
    {
        let name = UUID().uuidString
        try write(content, "\(name).content")
        try await openssl(
            [
                "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-econtent_type", type, "-outform", "DER", "-signer",
                "\(signer).pem",
                "-inkey", "\(signer).key", "-md", kind.hash, "-in", "\(name).content", "-out", "\(name).cms",
            ] + kind.signing + more)
        return try read("\(name).cms")
    }

    /// What openssl itself makes of a CMS: the content, or nil where it does not hold.
    func judge(_ signed: [UInt8], authority: String = "csca") async throws -> [UInt8]? {
        let name = UUID().uuidString
        try write(signed, "\(name).cms")
        let isRight = try await run(
            [
                "cms", "-verify", "-binary", "-inform", "DER", "-in", "\(name).cms", "-CAfile", "\(authority).pem", "-purpose", "any",
                "-out",
                "\(name).out",
                // Its command takes no spelt-out curve in a chain; its word on the signature remains.
            ] + (kind.hasExplicitCurve ? ["-noverify"] : [])
        ).isRight
        return isRight ? try read("\(name).out") : nil
    }

    /// The octets of the digest's identifier in the LDS security object.
    var hashIdentifier: [UInt8] {
        let nist: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]
        return switch kind.hash {
        case "sha1": [0x2B, 0x0E, 0x03, 0x02, 0x1A]
        case "sha224": nist + [4]
        case "sha256": nist + [1]
        case "sha384": nist + [2]
        case _: nist + [3]
        }
    }

    func digest(_ octets: [UInt8]) async throws -> [UInt8] {
        let name = UUID().uuidString
        try write(octets, name)
        try await openssl(["dgst", "-\(kind.hash)", "-binary", "-out", "\(name).digest", name])
        return try read("\(name).digest")
    }

    func certificate(_ file: String = "csca") throws -> (name: String, octets: [UInt8]) { (file, try read("\(file).pem")) }

    // MARK: The command

    func write(_ octets: [UInt8], _ file: String) throws { try Data(octets).write(to: URL(fileURLWithPath: "\(folder)/\(file)")) }
    func read(_ file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))) }

    func openssl(_ arguments: [String]) async throws {
        let outcome = try await run(arguments)
        try #require(outcome.isRight, "openssl \(arguments.joined(separator: " ")): \(outcome.text)")
    }

    private func run(_ arguments: [String]) async throws -> (isRight: Bool, text: String) {
        let result = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(arguments), workingDirectory: FilePath(folder), output: .discarded,
            error: .string(limit: 1 << 16))
        return (result.terminationStatus == .exited(0), result.standardError)
    }
}

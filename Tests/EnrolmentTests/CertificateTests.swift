import Foundation
import KioskCore
import Testing

@testable import Enrolment

/// Certificates, keys and signatures, also as OpenSSL sees them.
@Suite struct CertificateTests {
    static let now = EnrolmentCodeTests.now
    static let name = EnrolmentCodeTests.name

    /// A folder that goes with the test.
    final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("enrolment-\(UUID().uuidString)").path
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ octets: some Sequence<UInt8>, _ name: String) throws -> String {
            try Data(octets).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            return "\(path)/\(name)"
        }
    }

    /// Runs OpenSSL to its end.
    static func openssl(_ arguments: String...) throws -> (status: CInt, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    static func identity(
        of name: DeviceName = name, by authority: CertificateAuthority, now: WallTime = now, days: Int64 = 90
    ) throws -> DeviceIdentity {
        let key = DeviceKey()
        let certificate = try authority.certify(name, request: try key.request(for: name), now: now, days: days)
        let reply = EnrolmentReply(certificate: certificate.pem, authority: authority.certificate.pem, sealingKey: "")
        return try key.identity(reply, name: name, authority: authority.certificate)
    }

    @Test func theAuthorityIsMadeOnceAndForItsOwnerOnly() throws {
        let folder = try Folder()
        let path = "\(folder.path)/below/authority.pem"
        let made = try CertificateAuthority.open(path: path, now: Self.now)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try CertificateAuthority.open(path: path, now: Self.now).certificate == made.certificate)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/below") == ["authority.pem"])
        try "-----".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: EnrolmentError(.malformed, "")) { _ = try CertificateAuthority.open(path: path, now: Self.now) }
    }

    @Test func openSSLAgreesWithTheChain() throws {
        let folder = try Folder()
        let authority = try CertificateAuthority(now: Self.now)
        let device = try Self.identity(by: authority).certificate
        let root = try folder.write(authority.certificate.pem.utf8, "ca.pem")
        let leaf = try folder.write(device.pem.utf8, "leaf.pem")
        let at = "\(Self.now.milliseconds / 1000)"
        let good = try Self.openssl("verify", "-x509_strict", "-purpose", "sslclient", "-attime", at, "-CAfile", root, leaf)
        #expect(good.status == 0, "\(good.output)")
        let asServer = try Self.openssl("verify", "-purpose", "sslserver", "-attime", at, "-CAfile", root, leaf)
        #expect(asServer.status != 0, "\(asServer.output)")
        let text = try Self.openssl("x509", "-noout", "-ext", "subjectAltName", "-in", leaf)
        #expect(text.output.contains("URI:anjungan:pekanbaru/mpp-1"), "\(text.output)")
        let other = try folder.write(try CertificateAuthority(now: Self.now).certificate.pem.utf8, "other.pem")
        #expect(try Self.openssl("verify", "-attime", at, "-CAfile", other, leaf).status != 0)
    }

    @Test func openSSLVerifiesABatchsSignatureAndNoChangedBatch() throws {
        let folder = try Folder()
        let identity = try Self.identity(by: try CertificateAuthority(now: Self.now))
        let batch = Array("ANJB and whatever follows".utf8)
        let signature = try identity.signature(of: batch)
        #expect(identity.certificate.isSignature(signature, of: batch))
        #expect(try #require(BatchSignature(header: signature.headerValue)) == signature)
        let leaf = try folder.write(identity.certificate.pem.utf8, "leaf.pem")
        let key = try folder.write(try Self.openssl("x509", "-in", leaf, "-noout", "-pubkey").output.utf8, "key.pem")
        let signed = try folder.write(signature.der, "batch.sig")
        let whole = try Self.openssl(
            "dgst", "-sha256", "-verify", key, "-signature", signed, try folder.write(batch, "batch"))
        #expect(whole.status == 0, "\(whole.output)")
        for changed in [batch.dropLast() + [0], batch + [0], []] {
            #expect(!identity.certificate.isSignature(signature, of: Array(changed)))
            let run = try Self.openssl(
                "dgst", "-sha256", "-verify", key, "-signature", signed, try folder.write(changed, "changed"))
            #expect(run.status != 0)
        }
        #expect(!identity.certificate.isSignature(BatchSignature(der: [1, 2, 3]), of: batch))
        #expect(BatchSignature(header: "no base 64!") == nil)
    }

    /// The names are the centre's to say, whatever a request asks for.
    @Test func openSSLsOwnRequestGetsTheNameThatTheCentreSays() throws {
        let folder = try Folder()
        let (key, request) = ("\(folder.path)/key.pem", "\(folder.path)/request.der")
        let made = try Self.openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-outform", "DER", "-out",
            request, "-subj", "/CN=other", "-addext", "subjectAltName=URI:anjungan:pekanbaru/other", "-addext",
            "basicConstraints=CA:TRUE")
        try #require(made.status == 0, "\(made.output)")
        let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: request)))
        let authority = try CertificateAuthority(now: Self.now)
        let certificate = try authority.certify(Self.name, request: octets, now: Self.now)
        #expect(certificate.name == Self.name)
        #expect(authority.certificate.signed(certificate))
        #expect(throws: EnrolmentError(.malformed, "")) { _ = try AuthorityCertificate(pem: certificate.pem) }
        // One octet of its signature changed: nobody shows that they have the key.
        let forged = octets.dropLast() + [octets[octets.count - 1] ^ 1]
        #expect(throws: EnrolmentError(.malformed, "")) {
            _ = try authority.certify(Self.name, request: Array(forged), now: Self.now)
        }
    }

    @Test func aCertificatesLifeHasFiveParts() throws {
        let device = try Self.identity(by: try CertificateAuthority(now: Self.now)).certificate
        // It begins a day before it was made.
        let days: [(Int64, DeviceCertificate.Age)] = [
            (-2, .early), (0, .fresh), (59, .fresh), (60, .due), (74, .due), (75, .ending), (90, .ending), (91, .expired),
        ]
        for (day, age) in days { #expect(device.age(at: Self.now.adding(days: day)) == age, "day \(day)") }
        #expect(device.age(at: WallTime(milliseconds: 0)) == .early, "a clock in 1970")
    }

    @Test func eachReasonToRefuseHasItsOwnCode() throws {
        let authority = try CertificateAuthority(now: Self.now)
        let device = try Self.identity(by: authority).certificate
        let other = try CertificateAuthority(now: Self.now).certificate
        let cases: [(AuthorityCertificate, DeviceCertificate.Standing, Int64, DeviceRefusal.Code?)] = [
            (authority.certificate, .issued, 0, nil), (authority.certificate, .issued, 80, nil), (other, .issued, 0, .foreign),
            (authority.certificate, .unknown, 0, .foreign), (authority.certificate, .revoked, 0, .revoked),
            (authority.certificate, .issued, -3, .early), (authority.certificate, .issued, 91, .expired),
            (authority.certificate, .revoked, 91, .revoked), (authority.certificate, .replaced(Self.now), 0, .replaced),
            (authority.certificate, .replaced(Self.now), 91, .replaced), (other, .replaced(Self.now), 0, .foreign),
        ]
        for (signer, standing, day, code) in cases {
            var found: DeviceRefusal?
            do throws(DeviceRefusal) {
                try device.judge(by: signer, standing: standing, at: Self.now.adding(days: day))
            } catch {
                found = error
            }
            #expect(found?.code == code)
            #expect(found == nil || found?.claimed == Self.name)
        }
    }

    @Test func anIdentityIsOneFileForItsOwnerOnly() throws {
        let folder = try Folder()
        let home = "\(folder.path)/enrolment"
        #expect(try DeviceIdentity.load(folder: home) == nil)
        let identity = try Self.identity(by: try CertificateAuthority(now: Self.now))
        try identity.save(folder: home)
        let read = try #require(try DeviceIdentity.load(folder: home))
        #expect(read == identity)
        #expect(read.certificate.isSignature(try read.signature(of: [1]), of: [1]))
        #expect(try FileManager.default.attributesOfItem(atPath: "\(home)/device.pem")[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.attributesOfItem(atPath: home)[.posixPermissions] as? Int == 0o700)
        let half = try String(contentsOfFile: "\(home)/device.pem", encoding: .utf8).prefix(400)
        try String(half).write(toFile: "\(home)/device.pem", atomically: true, encoding: .utf8)
        #expect(throws: EnrolmentError(.malformed, "")) { _ = try DeviceIdentity.load(folder: home) }
    }

    @Test func anAnswerForAnotherKeyOrKioskIsNotTaken() throws {
        let authority = try CertificateAuthority(now: Self.now)
        let (mine, theirs) = (DeviceKey(), DeviceKey())
        let certificate = try authority.certify(Self.name, request: try theirs.request(for: Self.name), now: Self.now)
        let reply = EnrolmentReply(certificate: certificate.pem, authority: authority.certificate.pem, sealingKey: "")
        #expect(throws: EnrolmentError(.malformed, "")) {
            _ = try mine.identity(reply, name: Self.name, authority: authority.certificate)
        }
        #expect(throws: EnrolmentError(.answer, "")) {
            _ = try theirs.identity(reply, name: DeviceName("pekanbaru/mpp-2")!, authority: authority.certificate)
        }
        #expect(throws: EnrolmentError(.answer, "")) {
            _ = try theirs.identity(reply, name: Self.name, authority: try CertificateAuthority(now: Self.now).certificate)
        }
    }
}

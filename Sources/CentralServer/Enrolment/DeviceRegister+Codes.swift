public import Enrolment
import Foundation
import GRDB
public import KioskCore

extension DeviceRegister {
    /// How long a code is good unless somebody says otherwise, in hours.
    public static let codeHours = 24
    /// After so many wrong proofs a code is void.
    static let failureLimit = 5

    /// Draws a code for one kiosk of a site: for `kiosk`, also where another machine was enrolled under that name,
    /// or without it for any that is not enrolled yet. What is kept of it does not tell it.
    public func newCode(_ site: SiteID, _ kiosk: KioskID?, at now: WallTime, hours: Int = codeHours) throws(StoreError) -> EnrolmentCode {
        guard kiosk != ManualSeries.writer else {
            throw StoreError(
                .refused, "\(ManualSeries.writer) is the centre's own name for what it enters by hand; give the kiosk another id")
        }
        let code = EnrolmentCode(authority: authority.certificate.fingerprint)
        let keyring = code.keyring
        try write { database in
            try database.run("DELETE FROM codes WHERE expires < ?", [now.milliseconds - 30 * 86_400_000])
            try database.run(
                "INSERT INTO codes (id, key, site, kiosk, made, expires, failures) VALUES (?, ?, ?, ?, ?, ?, 0)",
                [
                    Data(keyring.id), Data(keyring.key), site.rawValue, kiosk?.rawValue, now.milliseconds,
                    now.milliseconds + Int64(hours) * 3_600_000,
                ])
        }
        return code
    }

    /// Gives a kiosk that proves a code its first certificate; the code is used up, and what was issued under that name before ends.
    ///
    /// - Throws: ``DeviceRefusal`` with `enrolment-refused`, ``StoreError``.
    public func enrol(_ asked: EnrolmentRequest, at now: WallTime) throws -> DeviceCertificate {
        guard let site = SiteID(asked.site), let kiosk = KioskID(asked.kiosk) else {
            throw DeviceRefusal(.code, "site and kiosk must be slugs of 2 to 40 of a-z, 0-9 and -")
        }
        let name = DeviceName(site: site, kiosk: kiosk)
        // A refusal must leave its trace, so it is the value of a transaction that is committed.
        let result: Result<DeviceCertificate, DeviceRefusal> = try write { database in
            do throws(DeviceRefusal) {
                try Self.use(asked, name, at: now, in: database)
            } catch {
                return .failure(error)
            }
            let device: DeviceCertificate
            do throws(EnrolmentError) {
                device = try authority.certify(name, request: [UInt8](asked.request), now: now)
            } catch {
                return .failure(DeviceRefusal(.code, error.detail, claimed: name))
            }
            _ = try Self.end(name, replaced: true, at: now, in: database)
            try Self.keep(device, issued: now, in: database)
            try database.run("UPDATE codes SET used = ? WHERE id = ?", [now.milliseconds, asked.id])
            return .success(device)
        }
        return try result.get()
    }

    private static func use(_ asked: EnrolmentRequest, _ name: DeviceName, at now: WallTime, in database: Database) throws(DeviceRefusal) {
        let again = "get a new one from the centre: anjungan-central enroll \(name.site) \(name.kiosk)"
        guard let code = (try? database.row("SELECT * FROM codes WHERE id = ?", [asked.id])) ?? nil,
            let keyring = CodeKeyring(id: [UInt8](asked.id), key: [UInt8](code["key"] as Data))
        else { throw DeviceRefusal(.code, "this centre has given no such code; \(again)") }
        guard (code["failures"] as Int) < failureLimit else {
            throw DeviceRefusal(.code, "somebody tried this code wrongly too often; \(again)", claimed: name)
        }
        guard keyring.isProof([UInt8](asked.proof), name, request: [UInt8](asked.request)) else {
            try? database.run("UPDATE codes SET failures = failures + 1 WHERE id = ?", [asked.id])
            throw DeviceRefusal(.code, "the request does not prove its code; \(again)", claimed: name)
        }
        guard (code["used"] as Int64?) == nil else { throw DeviceRefusal(.code, "this code was used already; \(again)", claimed: name) }
        guard now.milliseconds < code["expires"] as Int64, now.milliseconds >= code["made"] as Int64 - 3_600_000 else {
            throw DeviceRefusal(.code, "this code has expired; \(again)", claimed: name)
        }
        let kiosk = code["kiosk"] as String?
        // A whole site, or the centre itself, is never what somebody says of himself.
        let reserved = [DeviceName.forwarder, ManualSeries.writer.rawValue]
        let fits = kiosk == nil ? !reserved.contains(name.kiosk.rawValue) : kiosk == name.kiosk.rawValue
        guard code["site"] as String == name.site.rawValue, fits else {
            throw DeviceRefusal(
                .code,
                "this code is for \(code["site"] as String)/\(kiosk ?? "any kiosk"), not for \(name); "
                    + "correct site and kiosk in the configuration, or \(again)", claimed: name)
        }
        let isEnrolled =
            ((try? database.row("SELECT 1 FROM certificates WHERE site = ? AND kiosk = ? AND revoked IS NULL", name.key)) ?? nil) != nil
        guard kiosk != nil || !isEnrolled else {
            throw DeviceRefusal(
                .code, "\(name) is enrolled already, and this code is for a new kiosk; to replace it \(again)", claimed: name)
        }
    }

    /// Gives the kiosk of `device` the certificate that follows it. The old one goes on to its end: the answer may be lost.
    ///
    /// - Throws: ``DeviceRefusal``, ``StoreError``.
    public func renew(_ device: DeviceCertificate, request: [UInt8], at now: WallTime) throws -> DeviceCertificate {
        let next: DeviceCertificate
        do throws(EnrolmentError) {
            next = try authority.certify(device.name, request: request, now: now)
        } catch {
            throw DeviceRefusal(.code, error.detail, claimed: device.name)
        }
        try write { try Self.keep(next, issued: now, in: $0) }
        return next
    }
}

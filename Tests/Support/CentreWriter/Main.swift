import CentralServer
import Enrolment
import Foundation
import Glibc
import KioskCore
import Secrets

/// Writes what a centre keeps beside its store, and says on standard output what was done, one line each.
///
/// `centre-writer register|cards|backup FOLDER COUNT`
/// - `register`: kiosks that are enrolled, renewed, replaced and revoked. `code ID`, `enrolled NAME SERIAL`, `renewed NAME SERIAL`,
///   `revoked NAME`.
/// - `cards`: residents' cards, and the key of their hashes. `card NUMBER NIK`, `removed NUMBER`, `renewed`.
/// - `backup`: a store in `FOLDER/store` that grows, with backups in `FOLDER/copies`. `entered ENTRIES`, `copied NAME ENTRIES`.
@main
struct CentreWriter {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else {
            say("usage: centre-writer register|cards|backup FOLDER COUNT")
            exit(64)
        }
        do {
            switch arguments[1] {
            case "register": try await register(arguments[2], count)
            case "cards": try await cards(arguments[2], count)
            case "backup": try await backup(arguments[2], count)
            default: exit(64)
            }
        } catch {
            say("failed \(error)")
            exit(4)
        }
    }

    private static let start = WallTime(milliseconds: 1_795_374_000_000)
    private static func later(_ seconds: Int) -> WallTime { WallTime(milliseconds: start.milliseconds + Int64(seconds) * 1000) }

    /// One kiosk in three is renewed, one in four replaced, one in five revoked.
    private static func register(_ folder: String, _ count: Int) async throws {
        let register = try await DeviceRegister.open(directory: folder, now: start)
        guard let site = SiteID("pekanbaru") else { exit(70) }
        for number in 1...count {
            let place = number % 4 == 0 ? number - 1 : number
            guard let kiosk = KioskID("mpp-\(place)") else { exit(70) }
            let (name, now) = (DeviceName(site: site, kiosk: kiosk), later(number))
            let code = try await register.newCode(site, kiosk, at: now)
            let keyring = code.keyring
            say("code \(hexadecimal(keyring.id))")
            let request = try DeviceKey().request(for: name)
            let asked = EnrolmentRequest(
                id: Data(keyring.id), site: site.rawValue, kiosk: kiosk.rawValue, request: Data(request),
                proof: Data(keyring.proof(name, request: request)))
            let device = try await register.enrol(asked, at: now)
            say("enrolled \(name) \(device.serial)")
            if number % 3 == 0 {
                let next = try await register.renew(device, request: try DeviceKey().request(for: name), at: now)
                say("renewed \(name) \(next.serial)")
            }
            if number % 5 == 0 {
                _ = try await register.revoke(name, at: now)
                say("revoked \(name)")
            }
        }
    }

    /// One card in three is taken back, and the key drawn anew in between.
    private static func cards(_ folder: String, _ count: Int) async throws {
        let register = try await CardRegister.open(directory: folder)
        guard let site = SiteID("pekanbaru") else { exit(70) }
        for number in 1...count {
            let card: [UInt8] = [4, 0, 0, 0, 0, UInt8(number >> 8), UInt8(number & 0xFF)]
            let nik = "\(1_471_114_101_900_000 + number)"
            guard try await register.enrol(Secret(card), Secret(nik.utf8), at: site, now: later(number)) == .new else { exit(71) }
            say("card \(hexadecimal(card)) \(nik)")
            if number % 3 == 0 {
                guard try await register.remove(Secret(card), at: site) else { exit(72) }
                say("removed \(hexadecimal(card))")
            }
            if number % 4 == 0 {
                _ = try await register.renewKey()
                say("renewed")
            }
        }
    }

    private static func backup(_ folder: String, _ count: Int) async throws {
        let store = try await CentralStore.open(directory: "\(folder)/store", now: start)
        guard let site = SiteID("pekanbaru"), let service = ServiceKey("dpmptsp/perizinan") else { exit(70) }
        let day = ServiceDay(start, in: .jakarta)
        _ = try await store.printSheets([SheetOrder(site: site, service: service, series: "PZM", count: count)], at: start)
        for number in 1...count {
            guard let numbers = ManualNumbers("PZM-\(number)") else { exit(70) }
            _ = try await store.enter([ManualEntry(site: site, day: day, numbers: numbers)], at: later(number))
            // Three entries of each ticket.
            say("entered \(3 * number)")
            guard number % 3 == 0 else { continue }
            let backup = try Backup.make(of: "\(folder)/store", in: "\(folder)/copies", at: later(number))
            say("copied \(backup.path.split(separator: "/").last ?? "") \(backup.entries)")
        }
        try await store.close()
    }

    private static func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// One system call a line, so that a line is out when the next commit begins.
    private static func say(_ line: String) {
        let octets = Array((line + "\n").utf8)
        guard Glibc.write(1, octets, octets.count) == octets.count else { exit(74) }
    }
}

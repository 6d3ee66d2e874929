import CUPSPrinting
import Conditions
import DeviceLayer
import DeviceProfiles
import Foundation
import Journal
import KioskRuntime
import SiteBundle
import StrictYAML

/// Whether the configuration can be read, and what it names can be used.
enum ConfigurationCheck {
    /// The file itself could not be read.
    static func refused(_ error: YAMLError) -> Finding {
        .wrong(.configuration, .configurationInvalid, Words(both: list(error.problems.map(\.description))))
    }

    /// What `anjungan run` reads at its start, short of the site and the journal.
    static func examine(_ configuration: Configuration, file: String) -> Finding {
        let problems = [
            words(configuration), model(configuration), address(configuration), server(configuration), key(configuration),
            pages(configuration),
        ].compactMap(\.self)
        guard problems.isEmpty else { return .wrong(.configuration, .configurationInvalid, Words(both: list(problems))) }
        let facts = "\(configuration.site)/\(configuration.kiosk), \(configuration.printerModel)"
        return .sound(
            .configuration,
            Words("\(file): \(facts), jalur \(configuration.printRoute)", "\(file): \(facts), route \(configuration.printRoute)"))
    }

    /// The first three in full: a broken file has hundreds.
    private static func list(_ problems: [String]) -> String {
        let rest = problems.count > 3 ? " (+\(problems.count - 3))" : ""
        return problems.prefix(3).joined(separator: " · ") + rest
    }

    private static func words(_ configuration: Configuration) -> String? {
        do throws(YAMLError) {
            _ = try ConditionFile.load("\(configuration.kioskDirectory)/conditions.yaml")
            return nil
        } catch {
            return list(error.problems.map(\.description))
        }
    }

    private static func model(_ configuration: Configuration) -> String? {
        do throws(YAMLError) {
            _ = try DeviceProfiles.printer(named: configuration.printerModel, in: configuration.devicesDirectory)
            return nil
        } catch {
            return list(error.problems.map(\.description))
        }
    }

    private static func address(_ configuration: Configuration) -> String? {
        do throws(PrinterAddressError) {
            _ = try PrinterAddress(parsing: configuration.printerAddress)
            return nil
        } catch {
            return "printer_address \(error)"
        }
    }

    private static func server(_ configuration: Configuration) -> String? {
        configuration.printRoute == .cups && SpoolerAddress(configuration.cupsServer) == nil
            ? "cups_server “\(configuration.cupsServer)”: /run/cups/cups.sock, or HOST:PORT" : nil
    }

    private static func key(_ configuration: Configuration) -> String? {
        let path = configuration.centrePublicKey
        do {
            _ = try SealingKey(pem: try String(contentsOfFile: path, encoding: .utf8))
            return nil
        } catch let error as JournalError {
            return "centre_public_key \(path): \(error.detail)"
        } catch {
            return "centre_public_key \(path): \(error.localizedDescription)"
        }
    }

    private static func pages(_ configuration: Configuration) -> String? {
        let missing = ["screen/index.html", "templates"].map { "\(configuration.kioskDirectory)/\($0)" }
            .filter { !FileManager.default.fileExists(atPath: $0) }
        return missing.isEmpty ? nil : "kiosk_directory: \(missing.joined(separator: ", "))?"
    }
}

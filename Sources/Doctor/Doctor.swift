import CUPSPrinting
public import Conditions
import DeviceProfiles
import ESCPOS
import KioskCore
public import KioskRuntime
import SiteBundle
public import StrictYAML

/// Looks at everything that a kiosk needs, and says of each thing what is wrong and what to do next.
///
/// It changes nothing, and never hangs: every wait has its limit.
public struct Doctor: Sendable {
    private let instruments: Instruments

    public init(_ instruments: Instruments = .live) {
        self.instruments = instruments
    }

    /// Reads the configuration and makes every check.
    ///
    /// - Parameter conditions: the file of condition words to use where the configuration names none that can be read.
    /// - Throws: what is wrong with the configuration, or with the words, where there are no words to say it in.
    public func diagnose(
        file: String, overrides: [ConfigurationOverride] = [], conditions: String?
    ) async throws(YAMLError) -> Diagnosis {
        let configuration: Configuration
        do throws(YAMLError) {
            configuration = try Configuration(file: file, overrides: overrides)
        } catch {
            // Without it nothing else can be known.
            guard let conditions else { throw error }
            return Diagnosis([ConfigurationCheck.refused(error)], catalogue: try ConditionFile.load(conditions))
        }
        let catalogue = try words(configuration, fallback: conditions)
        return Diagnosis(await examine(configuration, file: file, catalogue), catalogue: catalogue)
    }

    private func words(_ configuration: Configuration, fallback: String?) throws(YAMLError) -> ConditionCatalogue {
        do throws(YAMLError) {
            return try ConditionFile.load("\(configuration.kioskDirectory)/conditions.yaml")
        } catch {
            guard let fallback else { throw error }
            return try ConditionFile.load(fallback)
        }
    }

    /// Every check, in the order of ``Check``. What does not depend on each other is looked at together.
    public func examine(_ configuration: Configuration, file: String, _ catalogue: ConditionCatalogue) async -> [Finding] {
        let (site, mall) = SiteCheck.examine(configuration)
        let zone = mall?.timeZone ?? .jakarta
        let instruments = instruments
        let answer = await within(.seconds(4)) { try await instruments.kioskStatus(configuration.technicianSocket) }
        let status = try? answer.get()

        async let journal = JournalCheck.examine(configuration, status, zone, instruments)
        async let spooling = spooling(configuration, status)
        async let printer = PrinterCheck.examine(configuration, status, catalogue, instruments)
        async let centre = CentreCheck.examine(configuration, status, zone, instruments)
        async let disk = DiskCheck.examine(configuration, instruments)
        async let devices = devices(configuration)

        let past = await journal
        let found =
            [
                ConfigurationCheck.examine(configuration, file: file), SiteCheck.compared(site, with: status), past.finding,
                KioskCheck.examine(answer, configuration, zone),
            ] + (await spooling)
        return found + [await printer] + RollCheck.examine(status) + (await devices) + [
            await centre, EnrolmentCheck.examine(configuration, zone, now: await instruments.clock().now),
            ClockCheck.examine(await instruments.clock(), newest: past.newest, doubt: status?.journal.clock, zone), await disk,
        ]
    }

    /// Card readers, scanners, and who may use them.
    private func devices(_ configuration: Configuration) async -> [Finding] {
        let instruments = instruments
        let reports = await within(.seconds(5)) { try await instruments.devices(configuration.controlSocket) }
        let plugged = await within(.seconds(5)) { try await instruments.plugged() }
        let readers = ReaderCheck.examine(configuration, reports, plugged, pcscdRuns: await instruments.pcscdRuns())
        let folder = configuration.devicesDirectory
        do throws(YAMLError) {
            let scanners = try DeviceProfiles.scanners(in: folder)
            let listed =
                try DeviceProfiles.printers(in: folder).flatMap(\.usb) + DeviceProfiles.readers(in: folder).flatMap(\.usb)
                + scanners.flatMap(\.usb)
            let rules = try DeviceProfiles.udevRules(in: folder)
            return readers + ScannerCheck.examine(configuration, scanners, plugged)
                + [RulesCheck.examine(await instruments.rules(UdevRules.fileName), rules, Set(listed), plugged)]
        } catch {
            let why = Words(both: "\(error)")
            return readers + [.skipped(.scanners, why), .skipped(.rules, why)]
        }
    }

    /// Scheduler and queue, by one question.
    private func spooling(_ configuration: Configuration, _ status: KioskStatus?) async -> [Finding] {
        guard configuration.printRoute == .cups else { return [.sound(.cups, CUPSCheck.notUsed), .sound(.queue, CUPSCheck.notUsed)] }
        guard let address = SpoolerAddress(configuration.cupsServer) else {
            let why = Words("tidak diperiksa, lihat konfigurasi", "not examined, see the configuration")
            return [.skipped(.cups, why), .skipped(.queue, why)]
        }
        let instruments = instruments
        let queue = await within(.seconds(6)) { try await instruments.queue(address, configuration.cupsQueue) }
        return CUPSCheck.examine(queue, configuration)
            + QueueCheck.examine(queue, trouble: status?.printer.spooler, configuration)
    }
}

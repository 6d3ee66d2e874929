import ArgumentParser
import DeviceProfiles
import Foundation
import ProjectFiles

/// `anjungan udev`: who may use the devices.
struct UdevCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "udev", abstract: "The rules by which the kiosk's group may use the devices, and nothing else.",
        subcommands: [UdevGenerate.self])
}

/// `anjungan udev generate`.
struct UdevGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write the rules for every device of Devices/ to standard output.",
        discussion: """
            anjungan udev generate > /etc/udev/rules.d/\(UdevRules.fileName)
            udevadm control --reload

            Then plug the devices in again. The same text is udev/\(UdevRules.fileName) of the sources; write it anew after adding a \
            file to Devices/. The group is “\(UdevRules.group)”: groupadd --system \(UdevRules.group), and the kiosk's user in it.
            """)

    @Option(help: ArgumentHelp("The folder Devices.", valueName: "folder"))
    var devices: String?

    func run() throws {
        let folder = try devices ?? ProjectFolders.find().devices
        FileHandle.standardOutput.write(Data(try DeviceProfiles.udevRules(in: folder).text.utf8))
    }
}

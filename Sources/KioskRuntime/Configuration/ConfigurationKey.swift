/// What one key of the configuration file means; `anjungan config` prints these.
public struct ConfigurationKey: Hashable, Sendable {
    public var name: String
    /// Type, range and unit.
    public var type: String
    /// nil: the key must be given.
    public var standard: String?
    public var help: String

    /// The environment variable that overrides the file.
    public var variable: String { "ANJUNGAN_" + name.uppercased() }

    private init(_ name: String, _ type: String, _ standard: String?, _ help: String) {
        self.name = name
        self.type = type
        self.standard = standard
        self.help = help
    }

    /// Every key. None of them is a secret: what must stay secret is in files that a key names.
    public static let all: [ConfigurationKey] = [
        .init("site", "slug", nil, "the mall"),
        .init("kiosk", "slug", nil, "which kiosk of the mall this is"),
        .init("site_bundle", "absolute path", nil, "the compiled site that `anjungan site check NAME` writes"),
        .init("kiosk_directory", "absolute path", nil, "the folder Kiosk: sites, screen, templates, conditions"),
        .init("devices_directory", "absolute path", nil, "the folder Devices: one file per device model"),
        .init("state_directory", "absolute path", nil, "where the journal is; must be on a disk that survives"),
        .init("screen_port", "whole number 0 to 65535, TCP on loopback", "7070", "where the screen is served; 0 takes any free port"),
        .init("printer_name", "text of 1 to 40 characters", "ticket", "the printer's name in the device URI escpos:NAME"),
        .init("printer_model", "name of a file in Devices/printers", nil, "what the printer can do"),
        .init(
            "printer_address", "HOST:PORT, usb:VVVV:PPPP[:SERIAL], serial:PATH?baud=N&flow=rts|xonxoff|none, file:PATH", nil,
            "where the printer is: its usual network port is 9100, `lsusb` shows vendor and product"),
        .init(
            "printer_logo", "ticket or memory", "ticket",
            "where a ticket's logo comes from: ticket: each carries it; memory: from the printer's memory, where `anjungan printer logo` "
                + "has put it and while the printer says that it is there, else the ticket carries it"),
        .init(
            "roll_length", "whole metres, 5 to 1000", "80 on 80 mm paper, 30 on 58 mm paper",
            "a new roll of paper, until the kiosk has learned it from changes"),
        .init(
            "roll_near_end", "whole metres, 1 to 20", "2",
            "what is left when the printer reports that its roll is near its end, until the kiosk has learned it"),
        .init(
            "device_socket", "absolute path of at most 107 bytes", nil, "the device layer's socket for CUPS's backend"),
        .init(
            "control_socket", "absolute path of at most 107 bytes", "STATE_DIRECTORY/control.sock",
            "where a running kiosk says how its devices are, for `anjungan reader`"),
        .init("card_readers", "true or false", "true", "whether card readers (USB CCID) are served: a tap starts a visit"),
        .init("scanners", "true or false", "true", "whether the scanners and typing card readers of Devices/scanners are taken"),
        .init(
            "document_authorities", "absolute path of a folder", "none",
            "CSCA certificates, master lists and revocation lists by which passports are verified: Sources/TravelDocument/README.md"),
        .init(
            "card_verifier", "absolute path of a program, and its arguments behind spaces", "none",
            "the program that verifies KTP-el by an agreement with Ditjen Dukcapil: Sources/VerifierContract/README.md"),
        .init(
            "emulated_devices", "absolute path of a socket, of at most 107 bytes", "none",
            "the socket of `anjungan emulate --devices`; only a demo has one"),
        .init("print_route", "cups or direct", "cups", "through the CUPS queue, or straight to the device layer"),
        .init("cups_server", "absolute path of a socket, or HOST:PORT", "/run/cups/cups.sock", "the CUPS scheduler"),
        .init("cups_queue", "text of 1 to 127 characters", "ticket", "the CUPS queue of the ticket printer"),
        .init(
            "cups_configuration", "absolute path", "/etc/cups/cupsd.conf", "the scheduler's configuration, which `anjungan doctor` reads"),
        .init(
            "technician_socket", "absolute path of at most 107 bytes", "STATE_DIRECTORY/technician.sock",
            "where a running kiosk tells technicians how it is"),
        .init(
            "centre_url", "https://HOST:PORT/, or http://HOST:PORT/ on loopback", "none: entries stay in the journal",
            "where the centre takes entries; with https the kiosk must be enrolled: `anjungan enroll`"),
        .init("centre_proxy", "HOST:PORT", "none", "the HTTP proxy (CONNECT) through which a centre behind TLS is reached"),
        .init(
            "centre_proxy_login", "absolute path of a file of mode 0600", "none",
            "the line NAME:PASSWORD for a proxy that asks for it (HTTP Basic)"),
        .init(
            "centre_retry", "whole seconds, 1 to 900", "900", "the longest pause before a centre that is away is called again"),
        ConfigurationKey(
            "number_wait", "milliseconds, 1 to 60000", "150",
            "how long a citizen may wait for a number of the centre's; after that the kiosk issues one of its own series"),
        .init("screen_framed_by", "http://HOST:PORT", "none", "the page that may show the screen in a frame; only a demo has one"),
        .init(
            "centre_public_key", "absolute path of a PEM file", "STATE_DIRECTORY/enrolment/sealing-key.pem",
            "the centre's public key, to which personal data is sealed; `anjungan enroll` brings it"),
    ]
}

// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module of `Sources/`. The order below is the order of `README.md`'s table:
/// a module may depend only on modules that stand above it; `TidyTests` checks the imports.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
/// SQLite by its C interface.
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")

/// A program with Swift's libraries in it, and what Foundation is made of.
let foundationInside = ["-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections"]

let package = Package(
    name: "anjungan",
    products: [
        .executable(name: "anjungan", targets: ["anjungan"]),
        .executable(name: "anjungan-full", targets: ["anjungan-full"]),
        .executable(name: "anjungan-central", targets: ["anjungan-central"]),
        .executable(name: "anjungan-bench", targets: ["anjungan-bench"]),
        .executable(name: "escpos", targets: ["escpos"]),
        .executable(name: "escpos-filter", targets: ["escpos-filter"]),
        // For whoever makes a verifier.
        .executable(name: "verifier-conformance", targets: ["verifier-conformance"]),
        // For tests, which preload it.
        .library(name: "DiskRecorder", type: .dynamic, targets: ["DiskRecorder"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        // Pure: no clock, no randomness, no input or output.
        module("Conditions"),
        module("Secrets"),
        module("KioskCore", ["Conditions", "Secrets"]),
        module("ReceiptMarkup", exclude: ["README.md"]),
        module("ESCPOS", ["Conditions", "ReceiptMarkup"], exclude: ["README.md"]),
        module("SyncProtocol", ["Conditions", "KioskCore"], exclude: ["README.md", "pictures"]),
        module("SmartCard", ["Conditions", "Secrets"], exclude: ["README.md"]),
        module("ScanCodes", ["Conditions", "Secrets", "SmartCard"], exclude: ["README.md"]),
        module("VerifierContract", ["Conditions", "Secrets"], exclude: ["README.md"]),
        module("DeviceSocket", ["Conditions"]),
        module("PaperTemplates", ["ReceiptMarkup", "ESCPOS"]),
        module("Broadcasting"),
        module("LocalFiles"),
        module("SQLiteAccess", [grdb, sqlite]),

        // Files, dots, devices.
        .systemLibrary(name: "CPictures", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev", "libzint-dev"])]),
        .systemLibrary(name: "CGraphics", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
        .systemLibrary(name: "CCUPS", providers: [.apt(["libcups2-dev"])]),
        module("LoopbackWeb", [hummingbird, hummingbirdCore, httpTypes, logging, nioCore, serviceLifecycle]),
        module("PictureRaster", ["CPictures", "ReceiptMarkup"]),
        module("TicketRaster", ["CGraphics", "ReceiptMarkup", "PictureRaster"]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        module("CardCryptography", ["COpenSSL", "Secrets"]),
        module("TravelDocument", ["COpenSSL", "CardCryptography", "Conditions", "Secrets", "SmartCard"], exclude: ["README.md"]),
        module("StrictYAML", [yams]),
        .systemLibrary(name: "CLibUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
        .systemLibrary(name: "CInput", providers: [.apt(["linux-libc-dev"])]),
        .systemLibrary(name: "CSpawn"),
        module(
            "ResidentCardVerification", ["CSpawn", "Broadcasting", "Conditions", "Secrets", "VerifierContract", logging, serviceLifecycle]),
        module("DeviceLines"),
        module("USBTransport", ["CLibUSB", "DeviceLines"]),
        module("DeviceProfiles", ["ESCPOS", "ReceiptMarkup", "StrictYAML"]),
        module("ProjectFiles", ["ReceiptMarkup", "PaperTemplates", system]),
        module("TemplateWork", ["ESCPOS", "ReceiptMarkup", "StrictYAML", "DeviceProfiles", "ProjectFiles"]),
        module(
            "DeviceLayer",
            [
                "CInput", "ScanCodes", "Secrets",
                "Broadcasting",
                "SmartCard", "Conditions", "LocalFiles", "ESCPOS", "DeviceSocket", "DeviceLines", "USBTransport", "DeviceProfiles", nioCore,
                nioPosix,
                logging,
                serviceLifecycle,
            ], exclude: ["README.md"]),
        module("CUPSPrinting", ["CCUPS", "Conditions", "ESCPOS", "DeviceSocket", logging, serviceLifecycle]),
        module(
            "Journal",
            [
                "CardLookup", "Broadcasting", "LocalFiles", "SQLiteAccess", "Conditions", "Secrets", "KioskCore", "SyncProtocol",
                "DeviceSocket",
                "DeviceLayer",
                grdb,
                crypto,
            ],
            exclude: ["README.md"]
        ),
        module("SiteBundle", ["LocalFiles", "Conditions", "KioskCore", "StrictYAML", crypto]),
        module("CardLookup", ["Secrets", "KioskCore", crypto]),
        module(
            "Enrolment",
            ["LocalFiles", "KioskCore", crypto, x509, asn1, nioCore, nioHTTP1, nioSSL, asyncHTTPClient, logging, serviceLifecycle],
            exclude: ["README.md"]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        module(
            "SyncTransport",
            ["CZlib", "SyncProtocol", "CardLookup", "Enrolment", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, logging, serviceLifecycle]),
        module(
            "DeviceEmulators",
            [
                "ScanCodes", "SmartCard", "Broadcasting", "CardCryptography", "Secrets", "DeviceLines",
                "ESCPOS", "ReceiptMarkup", "LoopbackWeb", "TicketRaster", "DeviceProfiles", hummingbird, httpTypes, nioCore, nioPosix,
                logging, serviceLifecycle,
            ]),
        module(
            "KioskRuntime",
            [
                "Broadcasting", "Conditions", "Secrets", "KioskCore", "ReceiptMarkup", "ESCPOS", "SyncProtocol", "DeviceSocket",
                "PaperTemplates",
                "LoopbackWeb",
                "TicketRaster", "StrictYAML", "DeviceProfiles", "ProjectFiles", "DeviceLayer", "CUPSPrinting", "Journal", "SiteBundle",
                "Enrolment", "CardLookup", "SyncTransport", "DeviceLines", "SmartCard", "ScanCodes", "USBTransport",
                "ResidentCardVerification",
                "VerifierContract",
                hummingbird, hummingbirdCore, httpTypes, nioCore, nioPosix, nioHTTP1, nioWebSocket, nioHTTPTypes, nioHTTPTypesHTTP1,
                logging, serviceLifecycle, crypto, asyncHTTPClient,
            ]),
        module(
            "CentralServer",
            [
                "CardLookup", "Broadcasting", "LocalFiles", "SQLiteAccess", "Conditions", "Secrets", "KioskCore", "ReceiptMarkup",
                "SyncProtocol", "LoopbackWeb",
                "Enrolment",
                "SyncTransport", hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, nioCore, nioHTTP1, nioSSL, asyncHTTPClient, grdb,
                crypto, logging, serviceLifecycle,
            ], exclude: ["README.md"]),
        module(
            "Doctor",
            [
                "Conditions", "KioskCore", "ESCPOS", "SyncProtocol", "StrictYAML", "DeviceProfiles", "DeviceLayer", "CUPSPrinting",
                "Journal", "SiteBundle", "Enrolment",
                "KioskRuntime", asyncHTTPClient, nioCore, nioHTTP1,
            ]),
        module(
            "Stage",
            [
                "Broadcasting",
                "Conditions", "KioskCore", "SyncProtocol", "DeviceSocket", "LoopbackWeb", "CUPSPrinting", "KioskRuntime", hummingbird,
                httpTypes,
                nioCore, nioHTTP1, nioPosix,
                asyncHTTPClient, logging, serviceLifecycle,
            ]),

        // Programs.
        .executableTarget(
            name: "escpos", dependencies: ["Conditions", "DeviceSocket"], path: "Sources/Commands/escpos", swiftSettings: settings,
            // cupsd runs it as `lp`, who may not reach a toolchain in somebody's home.
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
        .executableTarget(
            name: "escpos-filter",
            dependencies: ["ReceiptMarkup", "ESCPOS", "PictureRaster", "TicketRaster", "StrictYAML", "DeviceProfiles"],
            path: "Sources/Commands/escpos-filter", swiftSettings: settings,
            // As `escpos`; Foundation reads the profiles.
            linkerSettings: [.unsafeFlags(foundationInside)]),
        .executableTarget(
            name: "anjungan", dependencies: ["ESCPOS", "ReceiptMarkup", "PictureRaster", "TemplateWork"],
            path: "Sources/Commands/anjungan",
            swiftSettings: settings,
            // As `escpos-filter`; libraries find their symbols sooner where this program offers none. It starts in milliseconds.
            linkerSettings: [.unsafeFlags(foundationInside + ["-Xlinker", "--no-export-dynamic"])]),
        .executableTarget(
            name: "anjungan-full",
            dependencies: [
                "ScanCodes", "LocalFiles", "Conditions", "Secrets", "KioskCore", "ReceiptMarkup", "ESCPOS", "SmartCard", "PictureRaster",
                "TicketRaster",
                "TravelDocument", "StrictYAML",
                "DeviceProfiles",
                "ProjectFiles",
                "TemplateWork", "DeviceLayer", "DeviceSocket", "CUPSPrinting", "Journal", "SiteBundle", "LoopbackWeb", "DeviceEmulators",
                "KioskRuntime",
                "Enrolment", "Doctor", "Stage",
                argumentParser, logging, serviceLifecycle, unixSignals, subprocess, system, nioCore, nioPosix, nioHTTP1, nioWebSocket,
                crypto,
            ], path: "Sources/Commands/anjungan-full", swiftSettings: settings),

        .executableTarget(
            name: "anjungan-central",
            dependencies: [
                "CMalloc", "LocalFiles", "Secrets", "SmartCard", "KioskCore", "SyncProtocol", "LoopbackWeb", "Enrolment", "SyncTransport",
                "CentralServer",
                "SiteBundle",
                argumentParser, logging, serviceLifecycle, unixSignals,
            ],
            path: "Sources/Commands/anjungan-central", swiftSettings: settings),

        .executableTarget(
            name: "anjungan-bench",
            dependencies: [
                "Conditions", "DeviceLayer", "DeviceSocket", "KioskCore", "ReceiptMarkup", "ESCPOS", "PaperTemplates", "PictureRaster",
                "TicketRaster", "CUPSPrinting", "LoopbackWeb",
                "DeviceEmulators", "Journal",
                "KioskRuntime", "SyncProtocol", "SyncTransport", "Enrolment", "CentralServer", "RatePlot", "FreePort", argumentParser,
                "RawReader", "ReaderBench", "SmartCard", "USBTransport",
                sqlite, mustache,
                nioCore, nioPosix, nioSSL,
                crypto, logging, subprocess, system, unixSignals,
            ],
            path: "Benchmarks", exclude: ["README.md", "Peers"], swiftSettings: settings),

        .target(name: "SeededRandomness", path: "Tests/Support/SeededRandomness", swiftSettings: settings),
        .target(name: "DiskRecorder", path: "Tests/Support/DiskRecorder"),
        .target(name: "PowerCuts", dependencies: ["SeededRandomness"], path: "Tests/Support/PowerCuts", swiftSettings: settings),
        .target(name: "RatePlot", path: "Tests/Support/RatePlot", swiftSettings: settings),
        .target(name: "FreePort", dependencies: [nioCore, nioPosix], path: "Tests/Support/FreePort", swiftSettings: settings),
        .target(name: "ConnectProxy", dependencies: [nioCore, nioPosix], path: "Tests/Support/ConnectProxy", swiftSettings: settings),
        .target(name: "GoldenCases", path: "Tests/Support/GoldenCases", swiftSettings: settings),
        .target(
            name: "PrintBench",
            dependencies: ["Conditions", "LoopbackWeb", "DeviceEmulators", "DeviceLayer", "DeviceSocket", "ESCPOS", logging],
            path: "Tests/Support/PrintBench", swiftSettings: settings),
        .target(
            name: "TransportConformance",
            dependencies: ["Conditions", "DeviceEmulators", "DeviceLayer", "DeviceSocket", "ESCPOS", "PrintBench", "ReceiptMarkup"],
            path: "Tests/Support/TransportConformance", swiftSettings: settings),
        .executableTarget(
            name: "printer-conformance",
            dependencies: [
                "Conditions", "DeviceEmulators", "DeviceLayer", "DeviceLines", "DeviceSocket", "ESCPOS", "LoopbackWeb", "PrintBench",
                "TransportConformance",
                "ReaderBench", "USBTransport",
            ],
            path: "Tests/Support/PrinterConformance", swiftSettings: settings),
        .target(
            name: "ReaderBench",
            dependencies: ["Conditions", "DeviceEmulators", "DeviceLayer", "DeviceLines", "Secrets", "SmartCard", logging],
            path: "Tests/Support/ReaderBench", swiftSettings: settings),
        .target(name: "RawReader", dependencies: ["CLibUSB"], path: "Tests/Support/RawReader"),
        .executableTarget(
            name: "reader-conformance",
            dependencies: ["Conditions", "DeviceEmulators", "DeviceLayer", "ReaderBench", "SmartCard", "USBTransport"],
            path: "Tests/Support/ReaderConformance", swiftSettings: settings),
        .executableTarget(
            name: "scanner-conformance",
            dependencies: [
                "Conditions", "DeviceEmulators", "DeviceLayer", "DeviceProfiles", "ESCPOS", "ScanCodes", "Secrets", "SmartCard", logging,
            ],
            path: "Tests/Support/ScannerConformance", swiftSettings: settings),
        .executableTarget(name: "emulated-verifier", path: "Tests/Support/EmulatedVerifier", swiftSettings: settings),
        .executableTarget(
            name: "verifier-conformance", dependencies: ["Secrets", "VerifierContract"], path: "Tests/Support/VerifierConformance",
            swiftSettings: settings),
        tests("TidyTests", []),
        tests("BroadcastingTests", ["Broadcasting"]),
        tests("StrictYAMLTests", ["StrictYAML", "GoldenCases"]),
        tests("SiteBundleTests", ["Conditions", "KioskCore", "SiteBundle", "StrictYAML", "GoldenCases"]),
        tests("DeviceProfilesTests", ["DeviceProfiles", "ESCPOS", "ReceiptMarkup", "StrictYAML", "GoldenCases"]),
        tests("SiteCommandTests", ["anjungan-full"]),
        tests("KioskCoreTests", ["Secrets", "SeededRandomness", "KioskCore", "Conditions"]),
        .executableTarget(
            name: "journal-writer",
            dependencies: [
                "LocalFiles", "Secrets", "KioskCore", "SyncProtocol", "Journal", "Conditions", "DeviceSocket", "DeviceLayer", grdb,
            ],
            path: "Tests/Support/JournalWriter", swiftSettings: settings),
        .executableTarget(
            name: "centre-writer", dependencies: ["CentralServer", "Enrolment", "KioskCore", "Secrets"],
            path: "Tests/Support/CentreWriter", swiftSettings: settings),
        .executableTarget(
            name: "sync-kiosk",
            dependencies: ["KioskCore", "Journal", "KioskRuntime", "SyncProtocol", "SyncTransport", "Enrolment", logging],
            path: "Tests/Support/SyncKiosk", swiftSettings: settings),
        tests("ReceiptMarkupTests", ["SeededRandomness", "ReceiptMarkup"]),
        tests("ESCPOSTests", ["SeededRandomness", "ReceiptMarkup", "ESCPOS"]),
        tests("TicketRasterTests", ["ReceiptMarkup", "ESCPOS", "PictureRaster", "TicketRaster"]),
        tests(
            "PaperTemplatesTests",
            [
                "SeededRandomness", "KioskCore", "ReceiptMarkup", "ESCPOS", "PaperTemplates", "PictureRaster", "TicketRaster",
                "DeviceProfiles", "DeviceEmulators", "anjungan-full", mustache,
            ]),
        tests("DeviceEmulatorsTests", ["DeviceEmulators", "LoopbackWeb", "ESCPOS", "ReceiptMarkup", nioCore, nioPosix, logging]),
        tests("PrinterSessionTests", ["SeededRandomness", "Conditions", "ESCPOS", "ReceiptMarkup", "DeviceEmulators"]),
        tests("DeviceSocketTests", ["Conditions", "DeviceSocket"]),
        tests(
            "DeviceLayerTests",
            [
                "Conditions", "LoopbackWeb", "DeviceEmulators", "DeviceLayer", "DeviceLines", "DeviceSocket", "ReceiptMarkup", "ESCPOS",
                "DeviceProfiles", "SmartCard", "Secrets", "ReaderBench", "PrintBench", logging, nioCore, nioEmbedded, nioPosix,
                serviceLifecycle,
            ]),
        tests("DeviceLinesTests", ["DeviceLayer", "DeviceLines"]),
        tests("USBTransportTests", ["DeviceLines", "USBTransport"]),
        tests(
            "TransportTests",
            [
                "Conditions", "DeviceEmulators", "DeviceLayer", "DeviceLines", "LoopbackWeb", "PrintBench", "Stage", "TransportConformance",
                "printer-conformance", "ReaderBench", "reader-conformance", subprocess, system,
            ]),
        tests(
            "CUPSPrintingTests",
            [
                "Conditions", "ReceiptMarkup", "CUPSPrinting", "LoopbackWeb", "DeviceEmulators", "DeviceLayer", "DeviceProfiles",
                "DeviceSocket", "ESCPOS", "PrintBench", logging, serviceLifecycle,
            ]),
        tests(
            "PrinterCommandTests",
            [
                "Secrets",
                "anjungan-full", "Conditions", "KioskCore", "SyncProtocol", "LoopbackWeb", "DeviceEmulators", "DeviceLayer",
                "DeviceProfiles",
                "DeviceSocket", "Journal", "SiteBundle", "KioskRuntime", "ReceiptMarkup", "PrintBench", serviceLifecycle,
            ]),
        tests(
            "VerifierTests",
            [
                "Conditions", "ResidentCardVerification", "Secrets", "VerifierContract", "emulated-verifier", "verifier-conformance",
                logging,
            ]),
        tests("EnrolmentTests", ["Enrolment", "KioskCore"]),
        tests("SmartCardTests", ["Conditions", "Secrets", "SmartCard", "DeviceEmulators", "ReaderRig", "SeededRandomness"]),
        .target(
            name: "ReaderRig", dependencies: ["DeviceEmulators", "SmartCard"], path: "Tests/Support/ReaderRig", swiftSettings: settings),
        tests(
            "TravelDocumentTests",
            [
                "CardCryptography", "Conditions", "DeviceEmulators", "DeviceLayer", "ReaderRig", "Secrets", "SeededRandomness", "SmartCard",
                "TravelDocument", "anjungan-full", logging, subprocess, system,
            ]),
        tests("ScanCodesTests", ["Conditions", "Secrets", "SmartCard", "ScanCodes", "SeededRandomness"]),
        tests(
            "ScannerTests",
            [
                "Conditions", "DeviceEmulators", "DeviceLayer", "DeviceProfiles", "ScanCodes", "Secrets", "SmartCard",
                "scanner-conformance",
                logging, subprocess, system,
            ]),
        tests("SyncProtocolTests", ["RatePlot", "SeededRandomness", "SyncProtocol", "KioskCore", crypto]),
        tests(
            "JournalTests",
            [
                "Secrets",
                "SeededRandomness", "PowerCuts", "Journal", "SyncProtocol", "KioskCore", "Conditions", "DeviceSocket", "DeviceLayer",
                "journal-writer", grdb, crypto,
            ]),
        tests(
            "KioskRuntimeTests",
            [
                "Secrets", "ScanCodes", "DeviceLayer",
                "Conditions", "KioskRuntime", "KioskCore", "SyncProtocol", "StrictYAML", "DeviceProfiles", "Journal", "SiteBundle",
                "LoopbackWeb", "DeviceEmulators", "Enrolment", "SyncTransport",
                "CentralServer", "SeededRandomness", "FreePort", "ConnectProxy", asyncHTTPClient, nioHTTP1, logging, serviceLifecycle,
                nioCore, nioPosix,
                crypto,
            ]),
        tests(
            "CentralServerTests",
            [
                "SeededRandomness", "PowerCuts", "ConnectProxy",
                "Conditions", "CentralServer", "Journal", "anjungan-central", "anjungan-full", "centre-writer", "sync-kiosk", "KioskCore",
                "SyncProtocol", "ReceiptMarkup", "SiteBundle", "Enrolment", "SyncTransport", "LoopbackWeb", nioCore, nioPosix, grdb,
                "CardLookup", "Secrets", crypto, logging,
            ]),
        tests(
            "DoctorTests",
            [
                "Doctor", "Conditions", "DeviceLayer", "DeviceProfiles", "ESCPOS", "KioskCore", "SyncProtocol", "LoopbackWeb", "StrictYAML",
                "CUPSPrinting", "Enrolment", "Journal", "ConnectProxy",
                "SiteBundle", "KioskRuntime", "anjungan-full", hummingbird, logging, nioCore, nioPosix, subprocess, system,
            ]),
        tests(
            "StageTests",
            [
                "Stage", "CUPSPrinting", "Conditions", "KioskCore", "KioskRuntime", "SyncProtocol", "LoopbackWeb", hummingbird, httpTypes,
                nioCore,
                nioPosix, asyncHTTPClient, logging,
                serviceLifecycle,
            ]),
        tests(
            "DemoTests",
            [
                "Secrets",
                "SeededRandomness", "FreePort",
                "DeviceEmulators", "DeviceProfiles", "ESCPOS", "ReceiptMarkup", "SiteBundle", "TicketRaster", logging,
                "anjungan-full", "KioskRuntime", "KioskCore", "SyncProtocol", "Journal", "CUPSPrinting", "DeviceSocket", "Conditions",
                subprocess,
                system,
                nioCore, nioPosix, nioHTTP1, grdb, asyncHTTPClient,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

// libFuzzer targets for what reads bytes from outside. A package of its own, because a fuzzer instruments everything it builds:
// only what it reads with, as symbolic links.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A fuzzer has its own main function, so its file must not get one.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies,
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
}

let package = Package(
    name: "fuzz",
    targets: [
        .target(name: "Conditions", swiftSettings: settings),
        .target(name: "ReceiptMarkup", swiftSettings: settings),
        .target(name: "ESCPOS", dependencies: ["Conditions", "ReceiptMarkup"], swiftSettings: settings),
        .target(name: "PaperTemplates", dependencies: ["ESCPOS", "ReceiptMarkup"], swiftSettings: settings),
        .target(name: "Secrets", swiftSettings: settings),
        .target(name: "SmartCard", dependencies: ["Conditions", "Secrets"], exclude: ["README.md"], swiftSettings: settings),
        .target(name: "ScanCodes", dependencies: ["Conditions", "Secrets", "SmartCard"], exclude: ["README.md"], swiftSettings: settings),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto"),
        .target(name: "CardCryptography", dependencies: ["COpenSSL", "Secrets"], swiftSettings: settings),
        .target(
            name: "TravelDocument", dependencies: ["COpenSSL", "CardCryptography", "Conditions", "Secrets", "SmartCard"],
            exclude: ["README.md"],
            swiftSettings: settings),
        fuzzer("fuzz-document", ["CardCryptography", "Secrets", "SmartCard", "TravelDocument"]),
        fuzzer("fuzz-card", ["SmartCard"]),
        fuzzer("fuzz-reader", ["SmartCard"]),
        fuzzer("fuzz-keys", ["ScanCodes", "Secrets"]),
        fuzzer("fuzz-reports", ["ScanCodes", "Secrets"]),
        fuzzer("fuzz-markup", ["ReceiptMarkup"]),
        fuzzer("fuzz-template", ["PaperTemplates", "ReceiptMarkup"]),
        fuzzer("fuzz-commands", ["ESCPOS"]),
        fuzzer("fuzz-status", ["ESCPOS"]),
    ],
    swiftLanguageModes: [.v6]
)

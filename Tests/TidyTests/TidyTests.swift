import Testing

/// The layout rules of the package, on the files as they are.
@Suite struct TidyTests {
    static let pureModules: Set<String> = [
        "Conditions", "Secrets", "KioskCore", "ReceiptMarkup", "ESCPOS", "SyncProtocol", "SmartCard", "ScanCodes", "VerifierContract",
        "DeviceSocket", "PaperTemplates",
    ]

    @Test func everyFolderOfSourcesIsAModuleOfTheManifest() throws {
        let manifest = try Checkout.manifest()
        #expect(manifest.modules.count > 15, "the manifest could not be read: \(manifest.modules)")
        #expect(Set(manifest.modules).isSuperset(of: Self.pureModules))
        for file in try Checkout.files("Sources", ".swift") {
            #expect(file.module.flatMap(manifest.level) != nil, "\(file.path) is in no module of Package.swift")
        }
    }

    @Test func anImportOnlyPointsToALowerModule() throws {
        let manifest = try Checkout.manifest()
        for file in try Checkout.files("Sources", ".swift") {
            guard let own = file.module.flatMap(manifest.level) else { continue }
            for name in file.imports {
                guard let other = manifest.level(name) else { continue }
                #expect(other < own, "\(file.path) imports \(name), which stands below its own module in Package.swift")
            }
        }
    }

    @Test func aPureModuleImportsPureModulesOnly() throws {
        for file in try Checkout.files("Sources", ".swift") where Self.pureModules.contains(file.module ?? "") {
            for name in file.imports where name != "Swift" {
                #expect(Self.pureModules.contains(name), "\(file.path) imports \(name); a pure module is handed what it needs")
            }
        }
    }

    @Test func noFileIsLongerThan400Lines() throws {
        for file in try Checkout.swiftFiles() + Checkout.files("Kiosk", ".js", ".css", ".html") {
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines; split it by concept")
        }
    }

    @Test func theMedianFileIsShort() throws {
        let counts = try Checkout.files("Sources", ".swift").map(\.lines.count).sorted()
        let median = counts[counts.count / 2]
        print("Sources: \(counts.count) files, median \(median) lines, longest \(counts.last ?? 0)")
        #expect(median <= 100)
    }

    @Test func noFunctionIsLongerThan70Lines() throws {
        for file in try Checkout.swiftFiles() {
            for body in file.bodies where body.length > 70 {
                Issue.record("\(file.path):\(body.line): \(body.length) lines in one function; give its parts names")
            }
        }
    }

    @Test func aStateMachineSwitchesWithoutDefault() throws {
        let machines = try Checkout.files("Sources", ".swift").filter { $0.path.hasSuffix("Machine.swift") || $0.path.contains("Machine+") }
        #expect(!machines.isEmpty)
        for file in machines {
            for (index, line) in file.lines.enumerated() where line.firstMatch(of: /^ *default:/) != nil {
                Issue.record("\(file.path):\(index + 1): “default:” hides a state that nobody thought of")
            }
        }
    }

    @Test func whatIsPublicIsDocumented() throws {
        for file in try Checkout.files("Sources", ".swift") {
            for line in file.undocumented { Issue.record("\(file.path):\(line): public and without a doc comment") }
        }
    }

    @Test func nothingIsLeftForLater() throws {
        let mark = /\b(?:TODO|FIXME|XXX|HACK)\b/
        for file in try Checkout.swiftFiles() + Checkout.files("Kiosk", ".js", ".css", ".html", ".yaml") {
            for (index, line) in file.lines.enumerated() where line.firstMatch(of: mark) != nil && !file.path.contains("TidyTests") {
                Issue.record("\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test(.enabled(if: Checkout.isGitCheckout)) func gitTracksSourcesOnly() throws {
        let files = try Checkout.trackedFiles()
        #expect(!files.isEmpty)
        let known: Set<String> = [
            "Package.swift", "Makefile", "README.md", "LICENSE", "setup.sh", ".gitignore", ".swift-format", ".ci", "Sources", "Tests",
            "Devices", "Kiosk", "udev", "Benchmarks",
        ]
        for file in files {
            let parts = file.split(separator: "/").map(String.init)
            #expect(known.contains(parts[0]), "\(file): the root holds what its table names and nothing else")
            #expect(
                !parts.contains { $0.hasPrefix(".build") || $0 == "Package.resolved" || $0 == "node_modules" },
                "\(file) is made, not written")
        }
    }
}

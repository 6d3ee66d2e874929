import Testing

/// The rules can fail: each finds what it is for in a text made for it.
@Suite struct SourceFileTests {
    static func file(_ text: String, path: String = "Sources/ESCPOS/Session/X.swift") -> SourceFile { SourceFile(path: path, text: text) }

    @Test func importsAreFoundInEverySpelling() {
        let text = """
            // import Nothing
            import A
            public import B
            @testable import C
            @preconcurrency internal import D
            import struct E.F
            @_spi(G) import H
              let text = "import I"
            """
        #expect(Self.file(text).imports == ["A", "B", "C", "D", "E", "H"])
    }

    @Test func theModuleIsTheFolder() {
        #expect(Self.file("").module == "ESCPOS")
        #expect(Self.file("", path: "Sources/Commands/anjungan/Site/X.swift").module == "anjungan")
        #expect(Self.file("", path: "Tests/TidyTests/X.swift").module == nil)
    }

    @Test func theManifestGivesTheOrder() {
        let text = """
            module("Low"), .systemLibrary(name: "CLow", pkgConfig: "x"),
            module(
                "High", ["Low"]),
            .executableTarget(
                name: "program", dependencies: ["High"]), tests("HighTests", ["High"])
            """
        #expect(Manifest(text: text).modules == ["Low", "CLow", "High", "program"])
    }

    @Test func aBodyEndsAtItsOwnBrace() {
        let text = """
            struct X {
                public static func long(
                    _ a: Int
                ) -> Int {
                    if a > 0 {
                        return 1
                    }
                    return 2
                }

                func short() { work() }
                var value: Int {
                    3
                }
                var stored = 1
                init?(_ a: Int) {
                    do {
                    }
                }
            }
            """
        #expect(Self.file(text).bodies == [.init(line: 2, length: 8), .init(line: 12, length: 3), .init(line: 16, length: 4)])
    }

    @Test func whatBearsNoDocCommentIsFound() {
        let text = """
            /// Documented.
            @frozen
            public struct A {
                public func member() {}
            }
            // No doc comment.
            public enum B {}
            struct Inner {}
            /// Documented.
            public protocol C {
                /// Documented.
                func one()

                func two()
                var three: Int { get }
            }
            public final class D {}
            """
        #expect(Self.file(text).undocumented == [7, 14, 17])
    }

    @Test func linesAreCountedAsEditorsDo() {
        #expect(Self.file("a\nb\n").lines.count == 2)
        #expect(Self.file("a\nb").lines.count == 2)
    }
}

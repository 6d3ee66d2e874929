import Testing

@testable import Doctor

/// cupsd.conf(5) as cupsd reads it.
@Suite struct CUPSDirectivesTests {
    @Test func withoutALineTheDefaultsOfCUPSCount() {
        let directives = CUPSDirectives("LogLevel warn\n")
        #expect(directives.preserveJobFiles == .init(seconds: 86_400, text: "86400", line: nil))
        #expect(directives.dirtyCleanInterval == .init(seconds: 30, text: "30", line: nil))
    }

    @Test(arguments: [
        ("No", 0), ("no", 0), ("OFF", 0), ("False", 0), ("disabled", 0), ("0", 0), ("0.5", 0), ("0m", 0), ("1m", 60), ("2h", 7200),
        ("1d", 86_400), ("1w", 604_800), ("5min", 300), ("1.5m", 90), ("90", 90), ("Yes", Int(Int32.max)), ("on", Int(Int32.max)),
        // cupsd knows no letter for seconds, no sign and no unit apart from its number: its default stays.
        ("0s", 86_400), ("-1", 86_400), ("0 m", 86_400), ("never", 86_400), (".5", 86_400), ("99999999999", 86_400),
    ])
    func aTimeIsReadAsCUPSDDoes(value: String, seconds: Int) {
        #expect(CUPSDirectives("PreserveJobFiles \(value)").preserveJobFiles.seconds == seconds)
    }

    @Test func onlyPreservingKnowsYes() {
        #expect(CUPSDirectives("DirtyCleanInterval yes").dirtyCleanInterval.seconds == 30)
        #expect(CUPSDirectives("DirtyCleanInterval no").dirtyCleanInterval.seconds == 0)
    }

    @Test func namesAreWrittenInAnyCaseAndTheLastLineWins() {
        let directives = CUPSDirectives("preservejobfiles Yes\n\tPRESERVEJOBFILES\t  no  \nDirtyCleanInterval 0\nDirtyCleanInterval x\n")
        #expect(directives.preserveJobFiles == .init(seconds: 0, text: "no", line: 2))
        #expect(directives.dirtyCleanInterval == .init(seconds: 0, text: "0", line: 3))
    }

    @Test func commentsAndSectionsSayNothing() {
        let text = """
            # PreserveJobFiles No
            <Policy default>
              PreserveJobFiles No
              <Limit All>
                DirtyCleanInterval 0
              </Limit>
              DirtyCleanInterval 0
            </Policy>
            DirtyCleanInterval 0 # at once
            PreserveJobFiles
            """
        let directives = CUPSDirectives(text)
        #expect(directives.preserveJobFiles.line == nil)
        #expect(directives.dirtyCleanInterval == .init(seconds: 0, text: "0", line: 9))
    }
}

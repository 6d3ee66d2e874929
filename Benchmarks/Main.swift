import ArgumentParser

@main
struct AnjunganBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anjungan-bench",
        abstract: "Measure the kiosk's speed and size; each figure beside a peer or a physical limit of the same run.",
        discussion: """
            Starts the built `anjungan` in a folder and on ports of its own, measures, and removes everything it made. \
            No figure is a test: a missed aim is said, and the exit status stays 0. It is 1 when something could not be measured.
            """,
        subcommands: [
            TouchBench.self, TicketBench.self, RushBench.self, StartBench.self, MemoryBench.self, IdleBench.self,
            EncodeBench.self, DecodeBench.self, TemplateStartBench.self, JournalBench.self, BacklogBench.self, CrowdBench.self,
            ReturnBench.self, ReadersBench.self, AllBenches.self,
        ])
}

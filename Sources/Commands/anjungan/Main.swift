import Glibc
import TemplateWork

/// The quick start of `anjungan`. It does those commands of `anjungan template` that need neither devices nor shaped text,
/// without the libraries for them, whose loading takes longer than the work.
/// All else is the full program's: it has all commands, all help, and all that goes wrong.
@main
struct Anjungan {
    static func main() {
        if let work = QuickArguments.work(CommandLine.arguments), !work.readsStandardInput || StandardInput.keep() {
            let output = work.output(drawing: PicturesOnly())
            if output.failure == nil || output.failure is CommandOutput.Found { exit(deliver(output)) }
            if work.readsStandardInput { StandardInput.rewind() }
        }
        FullProgram.takeOver()
    }

    /// Returns the exit code.
    private static func deliver(_ output: CommandOutput) -> CInt {
        do {
            try output.deliver()
            return EXIT_SUCCESS
        } catch is CommandOutput.Found {
            return EXIT_FAILURE
        } catch {
            complain("\(error)")
            return EXIT_FAILURE
        }
    }
}

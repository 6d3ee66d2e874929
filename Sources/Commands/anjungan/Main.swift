import ArgumentParser
import Glibc
import TemplateOptions

/// The quick start of `anjungan`. It does those commands of `anjungan template` that need neither devices nor drawn dots,
/// without the libraries for them, whose loading takes longer than the work.
/// All else is the full program's: it has all commands, all help, and all that goes wrong.
@main
struct Anjungan {
    static func main() {
        if let work = quickWork(CommandLine.arguments.dropFirst()), !work.readsStandardInput || StandardInput.keep() {
            let output = work.work(drawing: NoDots())
            if output.failure == nil || output.failure is ExitCode {
                do {
                    try output.deliver()
                    exit(EXIT_SUCCESS)
                } catch {
                    type(of: work).exit(withError: error)
                }
            }
            if work.readsStandardInput { StandardInput.rewind() }
        }
        FullProgram.takeOver()
    }

    /// Nil for other commands, and for what the full program has to explain.
    private static func quickWork(_ arguments: ArraySlice<String>) -> (any QuickWork)? {
        guard arguments.first == "template", let command = arguments.dropFirst().first else { return nil }
        let options = Array(arguments.dropFirst(2))
        return switch command {
        case "check": try? CheckOptions.parse(options)
        case "text": try? TextOptions.parse(options)
        case "render": try? RenderOptions.parse(options)
        case "decode": try? ListingOptions.parse(options)
        default: nil
        }
    }
}

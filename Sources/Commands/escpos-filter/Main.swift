import Glibc

/// The CUPS filter for receipt printers: turns a document into the commands of the queue's printer, by filter(7).
///
///     escpos-filter job-id user title copies options [file]
///
/// Takes receipts in ReceiptLine, PDF (through poppler's `pdftoppm`), PNG, JPEG and plain text.
/// `PPD` names the queue's description, which names the model; `ANJUNGAN_DEVICES_DIR` is the folder `Devices`;
/// `ANJUNGAN_FILTER_SECONDS` is how long the pages of a PDF may take (30).
@main
enum Main {
    static func main() {
        // Ending early is how a reader says that it wants no more; the write then fails in words.
        signal(SIGPIPE, SIG_IGN)
        do throws(FilterError) {
            try Limits.set()
            let job = try FilterJob(arguments: CommandLine.arguments) { name in getenv(name).map { String(cString: $0) } }
            let sheet = try Conversion(model: job.model).bytes(of: job.document, declared: job.contentType)
            for _ in 0..<job.copies { try Files.write(sheet, to: STDOUT_FILENO, "the backend") }
        } catch {
            Files.log("ERROR: \(error.description)")
            exit(1)
        }
    }
}

/// Why a document cannot be printed; the message is for the technician who reads the job's history.
struct FilterError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

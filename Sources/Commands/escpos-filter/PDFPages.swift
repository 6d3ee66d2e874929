import Glibc

/// The pages of a PDF as pictures, by poppler's `pdftoppm`.
enum PDFPages {
    private static let program = "pdftoppm"
    private static let mostPages = 40
    /// Rows of five metres at 8 dots a millimetre: more is not a receipt but a mistake.
    private static let longestPaper = 40_000

    /// Every page `width` pixels wide, without white at its end.
    static func render(_ document: [UInt8], width: Int) throws(FilterError) -> [GreyPage] {
        let input = try temporary(document)
        defer { close(input) }
        var pipe: [CInt] = [0, 0]
        guard Glibc.pipe(&pipe) == 0, fcntl(pipe[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(pipe[1], F_SETFD, FD_CLOEXEC) == 0 else {
            throw FilterError("no pipe: \(Files.systemError())")
        }
        let deadline = try Limits.deadline()
        // One page more than may be, so that none is left out in silence.
        let child = try start(
            ["-gray", "-cropbox", "-l", "\(mostPages + 1)", "-scale-to-x", "\(width)", "-scale-to-y", "-1", "-"],
            input: input, output: pipe[1])
        close(pipe[1])
        let output: Result<[UInt8], FilterError>
        do throws(FilterError) {
            output = .success(try Files.read(pipe[0], "the pages", limit: width * longestPaper * 4, until: deadline))
        } catch {
            output = .failure(error)
            // It may never write again, and would not learn that nobody reads.
            kill(child, SIGKILL)
        }
        close(pipe[0])
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let stream = try output.get()
        guard status != 127 << 8 else { throw FilterError("cannot start pdftoppm; install poppler-utils") }
        guard status & 0x7F != SIGXCPU else {
            throw FilterError("the document takes more than 60 s of the processor; print it in parts, or a simpler one")
        }
        guard status == 0 else {
            throw FilterError(
                "pdftoppm could not read the document; is it a whole PDF without a password and of pages that fit into memory?")
        }
        let pages = try GreyPage.all(in: stream).map { $0.withoutWhiteEnd() }
        guard pages.count <= mostPages else { throw FilterError("the document has more than \(mostPages) pages; print it in parts") }
        let rows = pages.map(\.height).reduce(0, +)
        guard rows > 0 else { throw FilterError("the document is blank") }
        guard rows <= longestPaper else {
            throw FilterError("the document would take \(rows / 8000) m of paper; print it elsewhere, or page by page")
        }
        return pages
    }

    /// A file without a name, where the scheduler keeps such things: what citizens print is not left lying about.
    private static func temporary(_ document: [UInt8]) throws(FilterError) -> CInt {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/escpos-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw FilterError("no temporary file in \(folder): \(Files.systemError())") }
        guard unlink(name) == 0 else { throw FilterError("cannot unlink a temporary file in \(folder): \(Files.systemError())") }
        try Files.write(document, to: descriptor, folder)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FilterError("cannot rewind the document: \(Files.systemError())") }
        return descriptor
    }

    private static func start(_ arguments: [String], input: CInt, output: CInt) throws(FilterError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // Our own ignored SIGPIPE would be the child's, too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var pipes = sigset_t()
        sigemptyset(&pipes)
        sigaddset(&pipes, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &pipes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        // The page maker must not outlive a filter that is cancelled, not even by SIGKILL (util-linux, setpriv(1)).
        var words = (["setpriv", "--pdeathsig", "KILL", program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let error = posix_spawnp(&child, "setpriv", &actions, &attributes, &words, environ)
        guard error == 0 else { throw FilterError("cannot start setpriv (\(Files.systemError(error))); install util-linux") }
        return child
    }
}

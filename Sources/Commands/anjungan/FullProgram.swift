import Glibc

/// `anjungan-full`, which stands beside this program.
enum FullProgram {
    /// Commands that read what is personal: cards, codes, what citizens type.
    private static let discreet: Set = ["run", "devices", "reader", "scanner"]

    /// Becomes the full program: the same process, arguments, environment and open files.
    static func takeOver() -> Never {
        if let command = CommandLine.arguments.dropFirst().first, discreet.contains(command) { forgetWhatIsFreed() }
        guard let own = realpath("/proc/self/exe", nil), let slash = strrchr(own, CInt(UInt8(ascii: "/"))) else {
            fail("the folder of this program cannot be found: \(String(cString: strerror(errno))); is /proc there?")
        }
        slash.pointee = 0
        let path = "\(String(cString: own))/anjungan-full"
        execv(path, CommandLine.unsafeArgv)
        fail("\(path) cannot be started: \(String(cString: strerror(errno))); install it beside anjungan, from the same build")
    }

    /// Lets the C library overwrite all memory as soon as it is freed: also where a driver or a library copied an octet on its way into a
    /// `Secret`. It can be told so only before a program starts (glibc's manual, “Memory Allocation Tunables”); blocks that a thread
    /// keeps for itself are not overwritten, so none are kept.
    private static func forgetWhatIsFreed() {
        let wanted = "glibc.malloc.perturb=90:glibc.malloc.tcache_count=0"
        let given = getenv("GLIBC_TUNABLES").map { String(cString: $0) + ":" } ?? ""
        setenv("GLIBC_TUNABLES", given + wanted, 1)
    }

    private static func fail(_ text: String) -> Never {
        complain(text)
        exit(EXIT_FAILURE)
    }
}

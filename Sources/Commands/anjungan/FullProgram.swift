import Glibc

/// `anjungan-full`, which stands beside this program.
enum FullProgram {
    /// Becomes the full program: the same process, arguments, environment and open files.
    static func takeOver() -> Never {
        guard let own = realpath("/proc/self/exe", nil), let slash = strrchr(own, CInt(UInt8(ascii: "/"))) else {
            fail("the folder of this program cannot be found: \(String(cString: strerror(errno))); is /proc there?")
        }
        slash.pointee = 0
        let path = "\(String(cString: own))/anjungan-full"
        execv(path, CommandLine.unsafeArgv)
        fail("\(path) cannot be started: \(String(cString: strerror(errno))); install it beside anjungan, from the same build")
    }

    private static func fail(_ text: String) -> Never {
        complain(text)
        exit(EXIT_FAILURE)
    }
}

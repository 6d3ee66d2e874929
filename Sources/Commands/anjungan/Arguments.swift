public import ArgumentParser
public import KioskRuntime

// Values of our other modules that can stand on the command line.

extension VisitScript.Reply: ExpressibleByArgument {}

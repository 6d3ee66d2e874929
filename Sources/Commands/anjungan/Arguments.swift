public import ArgumentParser
public import KioskRuntime
public import Logging

// Values of other modules that can stand on the command line.

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension VisitScript.Reply: ExpressibleByArgument {}

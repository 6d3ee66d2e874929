import Conditions
import KioskCore

/// A number with one decimal, as each language writes it: `1,5` and `1.5`.
func decimal(_ value: Double) -> Words {
    let tenths = Int((value * 10).rounded())
    return Words("\(tenths / 10),\(abs(tenths % 10))", "\(tenths / 10).\(abs(tenths % 10))")
}

/// Octets in the largest unit of 1,000 that leaves a number of at least 1.
func octets(_ count: Int64) -> Words {
    let units: [(String, Double)] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
    guard let (unit, size) = units.first(where: { Double(count) >= $0.1 }) else { return Words(both: "\(count) B") }
    return decimal(Double(count) / size) + Words(both: " \(unit)")
}

/// A date and a time of day as the mall's clocks show them.
func local(_ time: WallTime, _ zone: TimeZoneOfIndonesia) -> String {
    "\(ServiceDay(time, in: zone)) \(time.clock(in: zone)) \(zone.abbreviation)"
}

/// The numbers that staff hand out on printed sheets when no kiosk can: a series of each service that nothing else draws from.
///
/// They go on from day to day and are never used again, so that a sheet is good for whichever day it is needed on.
public enum ManualSeries {
    /// Stands in these numbers where a kiosk's letter stands in those of its reserve. No kiosk has it.
    public static let letter = "M"

    /// The name under which a centre writes entries of its own. No kiosk has it.
    public static let writer: KioskID = {
        guard let writer = KioskID("manual") else { preconditionFailure("“manual” is a slug") }
        return writer
    }()

    /// The series of a service with this prefix.
    public static func series(_ prefix: String) -> String { prefix + letter }
}

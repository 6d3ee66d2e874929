import Foundation

/// One number of a report.
struct Figure: Sendable, Encodable {
    enum Unit: String, Sendable, Encodable {
        case milliseconds = "ms"
        case megabytes = "MB"
        case perMinute = "/min"
        case perSecond = "/s"
        case percent = "%"
        case bytes
        case files
    }

    /// What was hoped for.
    enum Aim: Sendable {
        case atMost(Double)
        case atLeast(Double)
    }

    var name: String
    var value: Double
    var unit: Unit
    var aim: Aim?
    /// A peer or a physical limit, measured in the same run to judge the others by.
    var isBeside = false

    init(_ name: String, _ value: Double, _ unit: Unit, _ aim: Aim? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.aim = aim
    }

    init(_ name: String, _ duration: Duration, _ aim: Aim? = nil) { self.init(name, duration.milliseconds, .milliseconds, aim) }

    static func beside(_ name: String, _ value: Double, _ unit: Unit) -> Figure {
        var figure = Figure(name, value, unit)
        figure.isBeside = true
        return figure
    }

    static func beside(_ name: String, _ duration: Duration) -> Figure { beside(name, duration.milliseconds, .milliseconds) }

    /// nil without an aim.
    var meetsAim: Bool? {
        switch aim {
        case .atMost(let most): value <= most
        case .atLeast(let least): value >= least
        case nil: nil
        }
    }

    private enum CodingKeys: String, CodingKey {
        case name, value, unit
        case atMost = "at_most"
        case atLeast = "at_least"
        case meetsAim = "meets_aim"
        case beside
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        switch aim {
        case .atMost(let most): try container.encode(most, forKey: .atMost)
        case .atLeast(let least): try container.encode(least, forKey: .atLeast)
        case nil: break
        }
        try container.encodeIfPresent(meetsAim, forKey: .meetsAim)
        try container.encode(isBeside, forKey: .beside)
    }
}

extension Duration {
    var milliseconds: Double { seconds * 1000 }
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

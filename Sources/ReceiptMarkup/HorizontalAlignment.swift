/// Where something narrower than its room stands.
public enum HorizontalAlignment: String, Hashable, Sendable, CaseIterable { case left, center, right }

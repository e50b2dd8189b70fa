public import Engine

/// Tests of a person's properties, combined.
///
/// How values are compared, for every operator:
///
/// - A number is a JSON number, or a text that spells one as JSON does (`"12"`, `"1.5"`; `"007"`,
///   `"+1"` and whole numbers beyond 64 bits stay texts). Numbers are compared as numbers.
/// - A date is a text in ISO 8601: `2026-01-02`, `2026-01-02T03:04:05Z`, any offset and any fraction;
///   without a zone it is UTC. Dates are compared as dates.
/// - `"true"` and `"false"` are the truth values that they spell. They have no order.
/// - Any other text is compared byte by byte, with case.
/// - Values of different kinds are not equal and have no order.
/// - A property that is missing, or null, passes no test but `neq`, `not_contains`, `not_in` and
///   `not_exists`, each of which is true exactly where its positive is false.
public indirect enum Condition: Sendable, Equatable {
    /// Every one must hold.
    case all([Condition])
    /// One must hold.
    case any([Condition])
    /// The property must pass.
    case test(PropertyTest)

    /// Whether the condition holds for these properties.
    public func holds(for properties: [String: JSONValue]) -> Bool {
        switch self {
        case .all(let conditions): conditions.allSatisfy { $0.holds(for: properties) }
        case .any(let conditions): conditions.contains { $0.holds(for: properties) }
        case .test(let test): test.passes(properties)
        }
    }
}

/// Why a JSON document is no condition.
public struct InvalidCondition: ActionableError, Equatable {
    /// The word on the wire.
    public let code = "invalid_condition"
    /// One sentence that names the place, such as `conditions.all[2].operator`.
    public let description: String
    /// The remedy.
    public let hint: String?

    init(_ place: String, _ reason: String, hint: String) {
        description = "'\(place.sanitized(limit: 200))' \(reason)"
        self.hint = hint
    }
}

extension PersonReads {
    /// Whether a condition holds for a person as PostHog knows him now.
    ///
    /// A person whom PostHog does not know has no properties; nil when PostHog could not be asked.
    public func holds(_ condition: Condition, for distinctID: String) async -> Bool? {
        await properties(distinctID).map { condition.holds(for: $0) }
    }
}

public import Engine

/// One comparison with the value of one property.
public struct PropertyTest: Sendable, Equatable {
    /// How a property is compared; each negation is the exact opposite of what it negates.
    public enum Operator: String, Sendable, CaseIterable {
        /// The same number, date, truth value, text, list or object.
        case eq
        /// Not `eq`.
        case neq
        /// A later date, a larger number, or a text further behind.
        case gt
        /// `gt` or the same.
        case gte
        /// An earlier date, a smaller number, or a text further ahead.
        case lt
        /// `lt` or the same.
        case lte
        /// A text with the other in it, or a list with an element that is `eq`.
        case contains
        /// Not `contains`.
        case notContains = "not_contains"
        /// There, and not null.
        case exists
        /// Not `exists`.
        case notExists = "not_exists"
        /// `eq` to one of a list.
        case `in`
        /// Not `in`.
        case notIn = "not_in"

        /// What it is the opposite of.
        var positive: Operator? {
            switch self {
            case .neq: .eq
            case .notContains: .contains
            case .notExists: .exists
            case .notIn: .in
            default: nil
            }
        }
    }

    /// The property's name, such as `plan` or `$geoip_country_code`.
    public let property: String
    /// The comparison.
    public let `operator`: Operator
    /// What to compare with: a list for `in`, null for `exists`.
    public let value: JSONValue

    /// Makes a test; a value that does not fit its operator makes one that is never true.
    public init(_ property: String, _ operator: Operator, _ value: JSONValue = nil) {
        self.property = property
        self.operator = `operator`
        self.value = value
    }

    /// Whether the properties pass.
    ///
    /// A property that is missing or null passes no test but the negations. Values of kinds that
    /// cannot be compared (a text with a number, a list with a date) are not `eq`, come neither
    /// before nor after each other, and contain nothing of each other. What counts as a number and
    /// as a date is said at ``Condition``.
    public func passes(_ properties: [String: JSONValue]) -> Bool {
        let found = properties[property] ?? .null
        if let positive = `operator`.positive { return !Self.passes(found, positive, value) }
        return Self.passes(found, `operator`, value)
    }

    private static func passes(
        _ found: JSONValue, _ test: Operator, _ wanted: JSONValue
    ) -> Bool {
        guard let left = ComparableValue(found) else { return false }
        switch test {
        case .exists: return true
        case .in: return (wanted.array ?? []).contains { isEqual(left, $0) }
        case .contains: return contains(found, wanted)
        case .eq: return isEqual(left, wanted)
        default: break
        }
        guard let right = ComparableValue(wanted),
            let order = ComparableValue.order(left, right)
        else { return false }
        switch test {
        case .gt: return order == .after
        case .gte: return order != .before
        case .lt: return order == .before
        case .lte: return order != .after
        default: return false
        }
    }

    private static func isEqual(_ left: ComparableValue, _ wanted: JSONValue) -> Bool {
        ComparableValue(wanted).map { ComparableValue.isEqual(left, $0) } ?? false
    }

    /// Texts are searched as they are written, numbers in them too.
    private static func contains(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
        if let elements = found.array {
            return elements.contains { element in
                ComparableValue(element).map { isEqual($0, wanted) } ?? false
            }
        }
        guard let text = found.string, let part = wanted.string else { return false }
        return holds(Array(text.utf8), Array(part.utf8))
    }

    /// The search of Knuth, Morris and Pratt: linear, whatever the two texts are.
    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        if part.isEmpty { return true }
        var borders = [0]
        var length = 0
        for byte in part.dropFirst() {
            while length > 0, part[length] != byte { length = borders[length - 1] }
            if part[length] == byte { length += 1 }
            borders.append(length)
        }
        length = 0
        for byte in text {
            while length > 0, part[length] != byte { length = borders[length - 1] }
            if part[length] == byte { length += 1 }
            if length == part.count { return true }
        }
        return false
    }
}

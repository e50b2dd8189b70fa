import Engine

/// A property's value as comparisons see it.
///
/// A text that spells a number counts as that number and one that spells a date as that date, since
/// properties lose their types on the way into PostHog as often as not.
enum ComparableValue {
    case number(Number)
    case date(Date)
    case text(String)
    case bool(Bool)
    /// A list or an object.
    case structure(JSONValue)

    enum Number {
        case integer(Int64)
        case double(Double)
    }

    /// Nil for null.
    init?(_ value: JSONValue) {
        switch value {
        case .null: return nil
        case .bool(let bool): self = .bool(bool)
        case .integer(let number): self = .number(.integer(number))
        case .number(let number): self = .number(Number(number))
        case .string(let text): self = Self.read(text)
        case .array, .object: self = .structure(value)
        }
    }

    private static func read(_ text: String) -> ComparableValue {
        if let number = Number(spelled: text) { return .number(number) }
        if let date = Date(propertyText: text) { return .date(date) }
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return .text(text)
        }
    }

    /// Whether both are the same; values of different kinds are not.
    static func isEqual(_ left: ComparableValue, _ right: ComparableValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): Number.order(left, right) == .same
        case (.date(let left), .date(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.structure(let left), .structure(let right)): left == right
        default: false
        }
    }

    enum Order { case before, same, after }

    /// Nil for values that have no order: of different kinds, truth values, lists and objects.
    static func order(_ left: ComparableValue, _ right: ComparableValue) -> Order? {
        switch (left, right) {
        case (.number(let left), .number(let right)): Number.order(left, right)
        case (.date(let left), .date(let right)):
            left == right ? .same : left < right ? .before : .after
        case (.text(let left), .text(let right)):
            left.utf8.elementsEqual(right.utf8)
                ? .same : left.utf8.lexicographicallyPrecedes(right.utf8) ? .before : .after
        default: nil
        }
    }
}

extension ComparableValue.Number {
    /// A double without a fraction is a whole number, so that 5 and 5.0 are the same.
    init(_ double: Double) {
        self = Int64(exactly: double).map { .integer($0) } ?? .double(double)
    }

    /// A number as JSON spells it (RFC 8259 §6) and nothing looser: `007`, `+1` and ` 1` are texts.
    ///
    /// A whole number beyond 64 bits stays a text too: as a double it would equal its neighbours,
    /// and it is more likely somebody's id.
    init?(spelled text: String) {
        guard text.utf8.count <= 60,
            text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
        else { return nil }
        if let integer = Int64(text) {
            self = .integer(integer)
        } else if text.contains(where: { ".eE".contains($0) }), let double = Double(text),
            double.isFinite
        {
            self.init(double)
        } else {
            return nil
        }
    }

    static func order(
        _ left: ComparableValue.Number, _ right: ComparableValue.Number
    ) -> ComparableValue.Order {
        if case .integer(let left) = left, case .integer(let right) = right {
            return left == right ? .same : left < right ? .before : .after
        }
        let (left, right) = (left.double, right.double)
        return left == right ? .same : left < right ? .before : .after
    }

    private var double: Double {
        switch self {
        case .integer(let number): Double(number)
        case .double(let number): number
        }
    }
}

extension Date {
    /// ISO 8601: a date alone is its midnight, and without a zone UTC is meant.
    init?(propertyText text: String) {
        guard (10...40).contains(text.utf8.count), text.utf8.allSatisfy({ $0 < 0x80 }),
            text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}.*/) != nil
        else { return nil }
        if text.utf8.count == 10 {
            self.init(iso8601: text + "T00:00:00Z")
        } else if let date = Date(iso8601: text) {
            self = date
        } else {
            self.init(iso8601: text + "Z")
        }
    }
}

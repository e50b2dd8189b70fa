public import Engine

extension Condition {
    /// Reads `{"all": […]}`, `{"any": […]}` or `{"property", "operator", "value"}`.
    ///
    /// At most 8 levels, 100 tests, 1,000 elements of a list and 10,000 bytes of a value.
    ///
    /// - Throws: ``InvalidCondition``, which names the place.
    public init(_ json: JSONValue, at place: String = "conditions") throws(InvalidCondition) {
        var reader = ConditionReader()
        self = try reader.read(json, place, depth: 1)
    }
}

/// Reads conditions from strangers: bounded, and nothing is guessed.
private struct ConditionReader {
    private static let depth = 8
    private static let tests = 100
    private static let elements = 1000
    private static let bytes = 10_000
    private static let nameBytes = 400

    private var count = 0

    mutating func read(
        _ json: JSONValue, _ place: String, depth: Int
    ) throws(InvalidCondition) -> Condition {
        guard depth <= Self.depth else {
            throw InvalidCondition(
                place, "is nested deeper than \(Self.depth) levels", hint: "flatten the condition")
        }
        guard let members = json.object else {
            throw InvalidCondition(place, "is not an object", hint: Self.shape)
        }
        for name in ["all", "any"] where members[name] != nil {
            try Self.check(members, allowed: [name], place)
            let list = try read(list: members[name], "\(place).\(name)", depth: depth)
            return name == "all" ? .all(list) : .any(list)
        }
        return .test(try test(members, place))
    }

    private mutating func read(
        list json: JSONValue?, _ place: String, depth: Int
    ) throws(InvalidCondition) -> [Condition] {
        guard let elements = json?.array, !elements.isEmpty, elements.count <= Self.tests else {
            throw InvalidCondition(
                place, "is not a list of 1 to \(Self.tests) conditions", hint: Self.shape)
        }
        var conditions: [Condition] = []
        for (index, element) in elements.enumerated() {
            conditions.append(try read(element, "\(place)[\(index)]", depth: depth + 1))
        }
        return conditions
    }

    // MARK: One test

    private mutating func test(
        _ members: [String: JSONValue], _ place: String
    ) throws(InvalidCondition) -> PropertyTest {
        try Self.check(members, allowed: ["property", "operator", "value"], place)
        count += 1
        guard count <= Self.tests else {
            throw InvalidCondition(
                place, "is one test more than \(Self.tests)", hint: "split the condition")
        }
        guard let property = members["property"]?.string,
            (1...Self.nameBytes).contains(property.utf8.count)
        else {
            throw InvalidCondition(
                "\(place).property", "is not a text of 1 to \(Self.nameBytes) bytes",
                hint: Self.shape)
        }
        guard let word = members["operator"]?.string,
            let test = PropertyTest.Operator(rawValue: word)
        else {
            let known = PropertyTest.Operator.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidCondition("\(place).operator", "is unknown", hint: "use one of: \(known)")
        }
        let value = members["value"] ?? .null
        try check(value, for: test, "\(place).value")
        return PropertyTest(property, test, value)
    }

    private func check(
        _ value: JSONValue, for test: PropertyTest.Operator, _ place: String
    ) throws(InvalidCondition) {
        guard value.encoded().count <= Self.bytes else {
            throw InvalidCondition(
                place, "is larger than \(Self.bytes) bytes", hint: "compare with less")
        }
        switch test.positive ?? test {
        case .exists:
            guard value == .null else {
                throw InvalidCondition(
                    place, "is given to an operator that takes none", hint: "leave 'value' out")
            }
        case .in:
            guard let list = value.array, list.count <= Self.elements, !list.contains(.null) else {
                throw InvalidCondition(
                    place, "is not a list of at most \(Self.elements) values that are not null",
                    hint: "pass a list of texts, numbers or truth values")
            }
        case .eq:
            guard value != .null else { throw Self.needsValue(place) }
        default: try Self.checkScalar(value, for: test, place)
        }
    }

    private static func checkScalar(
        _ value: JSONValue, for test: PropertyTest.Operator, _ place: String
    ) throws(InvalidCondition) {
        if value == .null { throw needsValue(place) }
        let isOrder = [.gt, .gte, .lt, .lte].contains(test)
        guard value.array == nil, value.object == nil, !isOrder || value.bool == nil else {
            throw InvalidCondition(
                place, "is of a kind that '\(test.rawValue)' cannot compare with",
                hint: "pass a number, a date or a text")
        }
    }

    private static func needsValue(_ place: String) -> InvalidCondition {
        InvalidCondition(
            place, "is missing or null",
            hint: "pass a value, or ask for `not_exists` to find what is missing")
    }

    /// A misspelt member would be a test that tests something else.
    private static func check(
        _ members: [String: JSONValue], allowed: [String], _ place: String
    ) throws(InvalidCondition) {
        guard let other = members.keys.sorted().first(where: { !allowed.contains($0) }) else {
            return
        }
        throw InvalidCondition(
            "\(place).\(other)", "does not belong here beside '\(allowed[0])'", hint: shape)
    }

    private static let shape =
        #"write {"all": […]}, {"any": […]} or {"property": …, "operator": …, "value": …}"#
}

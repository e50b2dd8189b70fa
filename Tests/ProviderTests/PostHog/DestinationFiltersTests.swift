import Engine
import Testing

@testable import PostHogProvider

@Suite("The filters of our destination")
struct DestinationFiltersTests {
    private static let rule: JSONValue = [
        "key": "$is_identified", "type": "event", "value": ["true"], "operator": "exact",
    ]
    private static let plan: JSONValue = [
        "key": "plan", "type": "person", "value": ["pro"], "operator": "exact",
    ]

    private static func rule(
        _ value: JSONValue, operator: String = "exact", type: String = "event"
    ) -> JSONValue {
        [
            "key": "$is_identified", "type": .string(type), "value": value,
            "operator": .string(`operator`),
        ]
    }

    @Test(arguments: [["true"], [true], "true", true] as [JSONValue])
    func `take four spellings of the rule for the same`(value: JSONValue) {
        let rule = Self.rule(value)
        let filters = DestinationFilters(["source": "events", "properties": [rule, Self.plan]])
        #expect(filters.changes.isEmpty)
        #expect(filters.mended["properties"] == [rule, Self.plan])
    }

    @Test(
        arguments: [
            [], [rule(["false"])], [rule(true, operator: "is_not")], [rule(["true", "false"])],
            [rule(["true"], operator: "is_set")], [rule, rule(["false"])],
            [["key": "$is_identified", "value": ["true"], "operator": "exact"]],
        ] as [[JSONValue]])
    func `replace a missing or contradicting rule and keep the rest`(rules: [JSONValue]) {
        let filters = DestinationFilters([
            "source": "events", "properties": .array(rules + [Self.plan]),
        ])
        #expect(filters.changes.map(\.field) == ["filters.properties"])
        #expect(filters.mended["properties"] == [Self.plan, Self.rule])
    }

    @Test func `keep a property of a person that has the same name`() {
        let other = Self.rule(["false"], type: "person")
        let mended = DestinationFilters(["source": "events", "properties": [other]]).mended
        #expect(mended["properties"] == [other, Self.rule])
    }

    @Test func `keep events, actions and test accounts`() {
        let users: [String: JSONValue] = [
            "events": [["id": "signed_up", "type": "events", "order": 0]],
            "actions": [["id": "7", "type": "actions"]], "filter_test_accounts": true,
        ]
        let filters = DestinationFilters(
            .object(users.merging(["source": "person-updates"]) { $1 }))
        #expect(
            filters.mended
                == .object(
                    users.merging(["source": "events", "properties": [Self.rule]]) { $1 }))
        #expect(filters.changes.map(\.field) == ["filters.source", "filters.properties"])
    }

    @Test func `leave out what the server compiled`() {
        let filters = DestinationFilters([
            "source": "events", "properties": [Self.rule], "bytecode": ["_H"],
            "bytecode_error": "x", "transpiled": "y",
        ])
        #expect(filters.mended == ["source": "events", "properties": [Self.rule]])
    }

    @Test(arguments: [nil, .null, [], "x"] as [JSONValue?])
    func `are made where there are none`(filters: JSONValue?) {
        #expect(
            DestinationFilters(filters).mended == ["source": "events", "properties": [Self.rule]])
    }
}

import Engine
import PostHogProvider
import Testing

@Suite("Conditions")
struct ConditionTests {
    private static func read(_ text: String) throws -> Condition {
        try Condition(try #require(JSONValue(decoding: Data(text.utf8))))
    }

    private static func plan(_ value: String) -> String {
        #"{"property":"plan","operator":"eq","value":"\#(value)"}"#
    }

    @Test(arguments: [
        ("pro", true), ("\"all\"", false),
    ])
    func `a single test needs no list`(value: String, holds: Bool) throws {
        let condition = Condition.test(PropertyTest("plan", .eq, .string(value)))
        #expect(condition.holds(for: ["plan": "pro"]) == holds)
    }

    @Test(arguments: [
        (#"{"all":[T]}"#, true), (#"{"all":[T,T]}"#, true), (#"{"all":[T,F]}"#, false),
        (#"{"any":[F,T]}"#, true), (#"{"any":[F,F]}"#, false),
        (#"{"all":[{"any":[F,T]},{"all":[T]}]}"#, true),
        (#"{"any":[{"all":[T,F]},{"any":[F]}]}"#, false), ("T", true), ("F", false),
    ])
    func `all and any combine`(shape: String, holds: Bool) throws {
        let text = shape.replacing("T", with: Self.plan("pro")).replacing("F", with: Self.plan("x"))
        #expect(try Self.read(text).holds(for: ["plan": "pro"]) == holds)
    }

    @Test(arguments: [
        ("[]", "conditions"), ("1", "conditions"), ("null", "conditions"),
        ("{}", "conditions.property"),
        (#"{"all":[]}"#, "conditions.all"), (#"{"any":{}}"#, "conditions.any"),
        (#"{"any":null}"#, "conditions.any"), (#"{"all":[1]}"#, "conditions.all[0]"),
        (#"{"all":[T],"any":[T]}"#, "conditions.any"), (#"{"all":[T],"x":1}"#, "conditions.x"),
        (#"{"All":[T]}"#, "conditions.All"), (#"{"property":"p"}"#, "conditions.operator"),
        (#"{"property":"","operator":"eq","value":1}"#, "conditions.property"),
        (#"{"property":1,"operator":"eq","value":1}"#, "conditions.property"),
        (#"{"property":"p","operator":"EQ","value":1}"#, "conditions.operator"),
        (#"{"property":"p","operator":"regex","value":1}"#, "conditions.operator"),
        (#"{"property":"p","operator":"eq"}"#, "conditions.value"),
        (#"{"property":"p","operator":"neq","value":null}"#, "conditions.value"),
        (#"{"property":"p","operator":"exists","value":true}"#, "conditions.value"),
        (#"{"property":"p","operator":"in","value":"a"}"#, "conditions.value"),
        (#"{"property":"p","operator":"not_in","value":[null]}"#, "conditions.value"),
        (#"{"property":"p","operator":"gt","value":true}"#, "conditions.value"),
        (#"{"property":"p","operator":"lte","value":[1]}"#, "conditions.value"),
        (#"{"property":"p","operator":"contains","value":{}}"#, "conditions.value"),
        (#"{"property":"p","operator":"eq","value":1,"valeu":2}"#, "conditions.valeu"),
        (
            #"{"all":[T,{"any":[T,{"property":"p","operator":"?"}]}]}"#,
            "conditions.all[1].any[1].operator"
        ),
    ])
    func `what is no condition is refused at its place`(shape: String, place: String) {
        let text = shape.replacing("T", with: Self.plan("pro"))
        let error = #expect(throws: InvalidCondition.self) { try Self.read(text) }
        #expect(error?.description.hasPrefix("'\(place)' ") == true, "\(error?.description ?? "")")
        #expect(error?.hint?.isEmpty == false)
    }

    @Test func `nesting, number and size are bounded`() throws {
        func nested(_ depth: Int) -> JSONValue {
            (1..<depth).reduce(["property": "p", "operator": "exists"]) { inner, _ in
                ["all": [inner]]
            }
        }
        _ = try Condition(nested(8))
        #expect(throws: InvalidCondition.self) { try Condition(nested(9)) }
        let one: JSONValue = ["property": "p", "operator": "exists"]
        func many(_ count: Int) -> JSONValue { .array(Array(repeating: one, count: count)) }
        _ = try Condition(["all": many(100)])
        #expect(throws: InvalidCondition.self) { try Condition(["all": many(101)]) }
        #expect(throws: InvalidCondition.self) {
            try Condition(["all": [["any": many(60)], ["any": many(60)]]])
        }
        func value(_ value: JSONValue, _ name: String = "in") throws {
            _ = try Condition(["property": "p", "operator": .string(name), "value": value])
        }
        try value(.array(Array(repeating: 1, count: 1000)))
        #expect(throws: InvalidCondition.self) {
            try value(.array(Array(repeating: 1, count: 1001)))
        }
        try value(.string(String(repeating: "x", count: 9998)), "eq")
        #expect(throws: InvalidCondition.self) {
            try value(.string(String(repeating: "x", count: 9999)), "eq")
        }
        let name = JSONValue.string(String(repeating: "x", count: 401))
        #expect(throws: InvalidCondition.self) {
            try Condition(["property": name, "operator": "exists"])
        }
    }

    @Test func `a stranger's member is shown cleaned`() {
        let error = #expect(throws: InvalidCondition.self) {
            try Condition(["all": [], "\u{1B}[2J\u{202E}": 1])
        }
        #expect(error?.description.contains("\u{1B}") == false)
    }

    @Test func `it is held against the live profile, or against none`() async throws {
        let desk = try PersonDesk(.person("ada", ["plan": "pro"]), .persons())
        let reads = desk.reads()
        let isPro = try Self.read(Self.plan("pro"))
        let isNot = Condition.test(PropertyTest("plan", .neq, "pro"))
        #expect(await reads.holds(isPro, for: "ada") == true)
        #expect(await reads.holds(isPro, for: "nobody") == false)
        #expect(await reads.holds(isNot, for: "nobody") == true)
        desk.service.withLock { $0 = .failure(.noCredential) }
        #expect(await reads.holds(isPro, for: "ada") == nil)
    }
}

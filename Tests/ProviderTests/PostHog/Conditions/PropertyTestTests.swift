import Engine
import PostHogProvider
import Testing

@Suite("Property tests")
struct PropertyTestTests {
    typealias Operator = PropertyTest.Operator

    /// What stands there, what it is compared with, and how they are to each other: `=`, `<`, `>`,
    /// or `x` for two that have nothing to do with each other.
    static let pairs: [(JSONValue, JSONValue, Character)] = [
        // Numbers, however they are written.
        (1, 1, "="), (1, .number(1.0), "="), (.number(0.5), .number(0.25), ">"), (10, 9, ">"),
        ("10", 9, ">"), ("10", "9", ">"), (10, "10", "="), ("1.0", "1", "="), ("1e2", 100, "="),
        (-1, 1, "<"), (.number(-0.0), 0, "="), ("-0", 0, "="),
        (9_007_199_254_740_993, 9_007_199_254_740_992, ">"),
        ("9007199254740993", "9007199254740992", ">"), (.number(1e300), 1, ">"),
        (.integer(.max), .integer(.min), ">"), (.number(9.3e18), .integer(.max), ">"),
        // What only looks like one is a text.
        ("007", "7", "x"), ("007", "007", "="), ("+1", 1, "x"), (" 1", 1, "x"), ("1 ", "1", "x"),
        ("0x10", 16, "x"), ("1_000", 1000, "x"), ("NaN", "NaN", "="), ("inf", "inf", "="),
        (".5", .number(0.5), "x"), ("5.", 5, "x"), ("", 0, "x"), ("１", 1, "x"),
        ("18446744073709551616", "18446744073709551617", "<"),
        ("18446744073709551616", 1, "x"), ("1e999", "1e999", "="),
        // Dates, however they are written.
        ("2026-01-02", "2026-01-02T00:00:00Z", "="), ("2026-01-02", "2026-01-01", ">"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z", "="),
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05Z", ">"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z", "="),
        ("2026-12-31", "2027-01-01T00:00:00-01:00", "<"), ("2024-02-29", "2024-03-01", "<"),
        ("2026-01-02", 20_260_102, "x"), ("2026-01-02", "tomorrow", "x"),
        ("2026-02-30", "2026-02-30", "="), ("2026-02-30", "2026-03-01", "x"),
        ("2026-13-01", "2026-01-01", "x"), ("2026-1-2", "2026-01-02", "x"),
        ("2026-01-02 03:04", "2026-01-02", "x"), ("20260102", 20_260_102, "="),
        // Texts, byte by byte.
        ("a", "a", "="), ("a", "b", "<"), ("B", "a", "<"), ("a", "A", ">"), ("", "", "="),
        ("", "a", "<"), ("a", "ab", "<"), ("é", "e\u{301}", ">"), ("ß", "ss", ">"),
        ("pro", "pro ", "<"), ("10a", "9a", "<"), ("a", 1, "x"),
        // Truth values have no order, lists and objects are only the same or not.
        (true, true, "~"), (true, "true", "~"), ("false", false, "~"), ("true", "true", "~"),
        (true, false, "x"), (true, 1, "x"), (false, 0, "x"), (true, "yes", "x"),
        (true, "True", "x"),
        ([1, 2], [1, 2], "~"), ([1, 2], [2, 1], "x"), (["a": 1], ["a": 1], "~"), ([], [], "~"),
        ([1], 1, "x"), (["a": 1], "a", "x"), ("[]", [], "x"),
    ]

    @Test(arguments: pairs)
    func `two values are the same, in order, or strangers`(
        found: JSONValue, wanted: JSONValue, relation: Character
    ) {
        let truth: [Operator: String] = [
            .eq: "=~", .neq: "<>x", .gt: ">", .gte: ">=", .lt: "<", .lte: "<=", .in: "=~",
            .notIn: "<>x",
        ]
        for (test, relations) in truth {
            let value: JSONValue = [.in, .notIn].contains(test) ? [7_777, wanted] : wanted
            let passes = PropertyTest("p", test, value).passes(["p": found])
            #expect(passes == relations.contains(relation), "\(test)")
        }
        #expect(PropertyTest("p", .exists).passes(["p": found]))
        #expect(!PropertyTest("p", .notExists).passes(["p": found]))
    }

    @Test(arguments: [[:], ["p": nil], ["q": 1], ["P": 1], ["p ": 1]] as [[String: JSONValue]])
    func `a missing property passes the negations alone`(properties: [String: JSONValue]) {
        for test in Operator.allCases {
            for value: JSONValue in [0, "", "a", false, [], ["a"], nil, [nil]] {
                let passes = PropertyTest("p", test, value).passes(properties)
                let isNegation = [.neq, .notContains, .notExists, .notIn].contains(test)
                #expect(passes == isNegation, "\(test) \(value)")
            }
        }
    }

    @Test(
        arguments: [
            ("hello", "ell", true), ("hello", "ELL", false), ("hello", "", true), ("", "", true),
            ("", "a", false), ("héllo", "é", true), ("he\u{301}llo", "é", false),
            ("1234", "23", true),
            (1234, "23", false), (["a", "b"], "a", true), (["a", "b"], "c", false),
            ([1, 2], 2, true),
            ([1, 2], "2", true), ([[1]], [1], true), ([], "a", false), ([nil], "a", false),
            (["ab"], "a", false), ("hello", 1, false), ("true", true, false),
            (["x": 1], "x", false),
            (true, "tr", false), ("2026-01-02", "2026", true), ("👍🏽", "👍", true),
        ] as [(JSONValue, JSONValue, Bool)])
    func `a text contains a part, a list an element`(
        found: JSONValue, part: JSONValue, contains: Bool
    ) {
        #expect(PropertyTest("p", .contains, part).passes(["p": found]) == contains)
        #expect(PropertyTest("p", .notContains, part).passes(["p": found]) == !contains)
    }

    @Test func `a value that does not fit makes a test that nothing passes`() {
        for found: JSONValue in [1, "a", [1], ["a": 1], true] {
            #expect(!PropertyTest("p", .in, "a").passes(["p": found]))
            #expect(!PropertyTest("p", .gt, nil).passes(["p": found]))
            #expect(!PropertyTest("p", .eq, nil).passes(["p": found]))
        }
    }

    @Test func `a long search is linear`() {
        let text = String(repeating: "a", count: 1 << 20)
        let part = String(repeating: "a", count: 9999) + "b"
        let start = ContinuousClock.now
        #expect(!PropertyTest("p", .contains, .string(part)).passes(["p": .string(text)]))
        #expect(start.duration(to: .now) < .seconds(5))
    }
}

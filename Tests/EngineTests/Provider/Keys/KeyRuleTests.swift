import Engine
import ProviderKit
import Testing

@Suite("Key rules")
struct KeyRuleTests {
    static let good: [(KeyRule, String)] = [
        (KeyRule(), "any-Thing!~"), (KeyRule(.digits), "0123456789"), (KeyRule(.hex), "09afAF"),
        (KeyRule(.token), "aZ0-_."), (KeyRule(prefixes: ["sk_", "rk_"], .hex), "rk_0f"),
        (KeyRule(prefixes: ["sk_", "sk_live_"], .token), "sk_live_x"),
        (KeyRule(length: 4...4), "abcd"),
    ]

    @Test(arguments: good)
    func `a value that follows its rule is taken`(rule: KeyRule, value: String) {
        #expect(rule.demand(of: value) == nil)
    }

    static let bad: [(KeyRule, String, String)] = [
        (KeyRule(), "", "have 1 to 4096 characters"),
        (KeyRule(length: 4...4), "hunter2", "have 4 characters"),
        (KeyRule(), "hunter2 x", "hold nothing but visible ASCII characters, without spaces"),
        (KeyRule(), "hunter2\n", "hold nothing but visible ASCII characters, without spaces"),
        (KeyRule(), "hunter2\r\nX: y", "hold nothing but visible ASCII characters, without spaces"),
        (KeyRule(), "hunter2é", "hold nothing but visible ASCII characters, without spaces"),
        (KeyRule(), "hunter2\u{0}", "hold nothing but visible ASCII characters, without spaces"),
        (KeyRule(.digits), "12a", "hold nothing but digits"),
        (KeyRule(.digits), "１２", "hold nothing but digits"),
        (KeyRule(.hex), "0g", "hold nothing but hexadecimal digits"),
        (KeyRule(.token), "a+b", "hold nothing but letters, digits and '-', '_', '.'"),
        (KeyRule(prefixes: ["sk_", "rk_"]), "hunter2", "begin with 'sk_' or 'rk_'"),
        (KeyRule(prefixes: ["sk_"], .hex), "SK_00", "begin with 'sk_'"),
        (
            KeyRule(prefixes: ["sk_"], .hex), "sk_hunter2",
            "hold nothing but hexadecimal digits behind its beginning"
        ),
        (
            KeyRule(prefixes: ["sk_"]), "sk_",
            "hold nothing but visible ASCII characters, without spaces behind its beginning"
        ),
    ]

    @Test(arguments: bad)
    func `one that does not is told the rule, and never itself`(
        rule: KeyRule, value: String, demand: String
    ) {
        #expect(rule.demand(of: value) == demand)
        #expect(rule.demand(of: value)?.contains("hunter2") == false)
    }

    @Test func `the longest beginning is the one that a value has`() {
        let rule = KeyRule(prefixes: ["sk_", "sk_live_", "rk_"])
        #expect(rule.prefix(of: "sk_live_1") == "sk_live_" && rule.prefix(of: "sk_1") == "sk_")
        #expect(rule.prefix(of: "pk_1") == nil)
    }
}

import Engine
import Testing

@Suite("Scope")
struct ScopeTests {
    @Test(arguments: [
        ("", []), ("   ", []), ("a", ["a"]), ("b a", ["b", "a"]), (" a  b ", ["a", "b"]),
        ("a b a", ["a", "b"]), ("A a", ["A", "a"]),
    ])
    func `a list keeps its order and loses its doubles`(text: String, scopes: [String]) {
        #expect(Scope.list(parsing: text).map(\.rawValue) == scopes)
    }

    @Test(arguments: [
        ("x:read", "x:write"), ("x:write", "x:write"), ("x", "x"), ("x:reader", "x:reader"),
        (":read", ":write"),
    ])
    func `reading has a writing counterpart`(scope: String, other: String) {
        #expect(Scope(rawValue: scope).asWrite.rawValue == other)
    }

    @Test func `a list is joined by single spaces`() {
        #expect((["b:read", "a"] as [Scope]).joined == "b:read a")
        #expect(([] as [Scope]).joined.isEmpty)
    }
}

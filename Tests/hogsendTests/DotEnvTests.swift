import HogsendCommands
import Testing

@Suite(".env files")
struct DotEnvTests {
    @Test(arguments: [
        ("A=b", ["A": "b"]), (" A = b \r\nexport C=d", ["A": "b", "C": "d"]),
        ("A=1\nA=2", ["A": "2"]), ("A= # c", ["A": ""]), ("A=#c", ["A": ""]),
        ("A=b # c", ["A": "b"]), ("A=b#c", ["A": "b#c"]),
        ("A=b\t#c#d", ["A": "b"]), ("A=b c  # d # e", ["A": "b c"]),
        ("A=\"b # c\" d", ["A": "b # c"]),
        ("A='b\"c'", ["A": "b\"c"]), ("A=\"b", ["A": "\"b"]), ("A=b=c", ["A": "b=c"]),
        ("A=", ["A": ""]), ("# A=b", [:]), ("A", [:]), ("=b", [:]), ("A-B=c", [:]),
        ("\u{C4}=c", [:]),
        ("", [:]),
    ])
    func `a file has these variables`(text: String, variables: [String: String]) {
        #expect(DotEnv.parse(text) == variables)
    }

    /// Quadratic work would take minutes here.
    @Test(.timeLimit(.minutes(1)))
    func `a long line takes no long time`() {
        let spaces = String(repeating: " ", count: 60_000)
        #expect(DotEnv.parse("A=b\(spaces)c")["A"]?.count == 60_002)
        #expect(DotEnv.parse("A=b\(spaces)# c") == ["A": "b"])
    }
}

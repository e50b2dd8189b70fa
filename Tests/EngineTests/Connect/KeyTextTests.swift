import Engine
import Testing

@Suite("Key files")
struct KeyTextTests {
    static let one = KeyText(fields: [KeyField("token", label: "bot token")])
    static let two = KeyText(fields: [
        KeyField("token", label: "bot token"), KeyField("id", label: "app id", isSecret: false),
    ])

    @Test(arguments: [
        "hunter2", "hunter2\n", "  hunter2 \r\n", "\u{FEFF}hunter2\n", "token=hunter2\n",
        "# the bot\ntoken = hunter2\n", #"{"token":"hunter2","more":1}"#,
    ])
    func `a single value may stand alone`(text: String) throws {
        #expect(try Self.one.values(in: Secret(text)) == ["token": "hunter2"])
    }

    @Test(arguments: [
        "token=hunter2\nid=7\n", "# both\r\nid = 7\r\n\r\ntoken=hunter2",
        #"{"id":"7","token":"hunter2"}"#,
        " {\"token\":\"hunter2\",\n \"id\":\"7\"}\n",
    ])
    func `several have names`(text: String) throws {
        #expect(try Self.two.values(in: Secret(text)) == ["token": "hunter2", "id": "7"])
    }

    @Test func `a value may hold what separates it from its name`() throws {
        let values = try Self.two.values(in: Secret("token=a=b==\nid=7"))
        #expect(values["token"] == "a=b==")
    }

    static let bad: [(KeyText, String, Verdict, String)] = [
        (one, "", .keyMissing, "'token'"), (one, "\n \n", .keyMissing, "'token'"),
        (two, "token=hunter2", .keyMissing, "'id'"), (two, "token=\nid=7", .keyMissing, "'token'"),
        (two, #"{"token":"hunter2"}"#, .keyMissing, "'id'"),
        (two, #"{"token":"hunter2","id":7}"#, .keyInvalid, "'id'"),
        (two, #"{"token":["hunter2"],"id":"7"}"#, .keyInvalid, "'token'"),
        (two, "{hunter2", .keyInvalid, "JSON"), (two, "hunter2", .keyInvalid, "line 1"),
        (two, "token=a\nhunter2==\nid=7", .keyInvalid, "line 2"),
        (two, "token=a\nid=7\ntoken=hunter2", .keyInvalid, "twice"),
        (two, "id=7\nTOKEN=hunter2", .keyInvalid, "line 2"),
    ]

    @Test(arguments: bad)
    func `another file is refused, and nothing of it shown`(
        reader: KeyText, text: String, verdict: Verdict, word: String
    ) {
        let error = #expect(throws: ConnectError.self) { try reader.values(in: Secret(text)) }
        #expect(error?.verdict == verdict && error?.description.contains(word) == true)
        #expect(error?.isCredentialStored == false && error?.hint?.contains("--key-file") == true)
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }
}

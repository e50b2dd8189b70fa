import Engine
import Testing

@Suite("Grant")
struct GrantTests {
    static func document(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var members: [String: JSONValue] = [
            "accessToken": "hunter2-a", "refreshToken": "hunter2-r",
            "expiresAt": "2030-01-02T03:04:05.678Z", "tokenEndpoint": "https://as.example/token",
            "clientId": "c", "scopes": ["b", "a"],
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    static func read(_ changes: [String: JSONValue?] = [:]) throws(Grant.Malformed) -> Grant {
        try Grant(document(changes), fields: ["workspace", "nothing"])
    }

    @Test func `the JSON shape is pinned`() throws {
        let grant = try Self.read([
            "privateHost": "https://eu.as.example/", "issuer": "https://as.example/",
            "revocationEndpoint": "https://as.example/revoke", "workspace": ["x": [1, nil]],
            "unknown": "left out",
        ])
        #expect(
            grant.json
                == .text(
                    #"""
                    {"accessToken":"hunter2-a","refreshToken":"hunter2-r",
                    "expiresAt":"2030-01-02T03:04:05.678Z","tokenEndpoint":"https://as.example/token",
                    "clientId":"c","scopes":["b","a"],"privateHost":"https://eu.as.example",
                    "issuer":"https://as.example/","revocationEndpoint":"https://as.example/revoke",
                    "workspace":{"x":[1,null]}}
                    """#))
    }

    @Test func `it reads what it wrote`() throws {
        for changes: [String: JSONValue?] in [
            [:], ["refreshToken": nil, "expiresAt": nil, "scopes": nil],
            ["refreshToken": .null, "expiresAt": .null, "scopes": .null, "issuer": .null],
            ["workspace": "w", "privateHost": "http://127.0.0.1:8000/sub"],
            ["tokenEndpoint": "https://as.example/token?tenant=a%20b"],
        ] {
            let first = try Self.read(changes)
            let again = try Grant(first.json, fields: ["workspace"])
            #expect(again.json == first.json)
        }
    }

    @Test func `without a host it is good for its token endpoint's`() throws {
        let grant = try Self.read(["tokenEndpoint": "https://as.example:8443/oauth/token/?a=b"])
        #expect(grant.host.withoutTrailingSlash == "https://as.example:8443")
        #expect(grant.tokenEndpoint.absoluteString == "https://as.example:8443/oauth/token/?a=b")
    }

    static let dates: [(JSONValue?, Double?)] = [
        ("2030-01-02T03:04:05.678Z", 1_893_553_445.678), ("2030-01-02T03:04:05Z", 1_893_553_445),
        ("2030-01-02T05:04:05+02:00", 1_893_553_445),
        ("2030-01-02T03:04:05.6789Z", 1_893_553_445.678_9),
        (1_893_553_445, 1_893_553_445), (1_893_553_445_678, 1_893_553_445.678),
        (.number(1_893_553_445.5), 1_893_553_445.5),
        (.number(1_893_553_445_678.5), 1_893_553_445.678_5),
        (0, 0), (99_999_999_999, 99_999_999_999), (100_000_000_000, 100_000_000), (nil, nil),
        (.null, nil),
    ]

    @Test(arguments: dates)
    func `its end is text, seconds, milliseconds or unknown`(value: JSONValue?, seconds: Double?)
        throws
    {
        let found = try Self.read(["expiresAt": value]).expiresAt?.timeIntervalSince1970
        if let seconds, let found {
            #expect(abs(found - seconds) < 0.001)
        } else {
            #expect(found == nil && seconds == nil)
        }
    }

    static let extremes: [JSONValue] = [
        -1, -62_135_596_800, -62_135_769_601, -90_000_000_000, -99_999_999_999_000,
        99_999_999_999_000, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.9999Z",
    ]

    @Test(arguments: extremes)
    func `an end that is taken can be read again`(value: JSONValue) {
        guard let grant = try? Self.read(["expiresAt": value]) else { return }
        #expect(throws: Never.self) { try Grant(grant.json, fields: []) }
    }

    static let malformed: [(String, JSONValue?)] = [
        ("accessToken", nil), ("accessToken", .null), ("accessToken", ""), ("accessToken", 1),
        ("accessToken", "hunter2\nX: y"), ("accessToken", "hunter2\u{0}"),
        ("accessToken", "hunter2é"),
        ("refreshToken", ""), ("refreshToken", 7), ("refreshToken", "hunter2\r"),
        ("expiresAt", "hunter2"), ("expiresAt", "soon"), ("expiresAt", ""), ("expiresAt", true),
        ("expiresAt", [1]), ("expiresAt", "2030-02-30T00:00:00Z"), ("expiresAt", "2030-01-02"),
        ("expiresAt", "1893553445"), ("expiresAt", .number(1e300)), ("expiresAt", .integer(.max)),
        ("expiresAt", .integer(.min)), ("tokenEndpoint", nil), ("tokenEndpoint", "hunter2"),
        ("tokenEndpoint", "http://as.example/token"),
        ("tokenEndpoint", "https://hunter2@as.example/"),
        ("tokenEndpoint", "https://as.example/#hunter2"), ("tokenEndpoint", "//as.example/token"),
        ("tokenEndpoint", 1), ("clientId", nil), ("clientId", ""), ("clientId", .null),
        ("scopes", 1), ("scopes", ["a", 1]), ("scopes", ["a": "b"]), ("scopes", true),
        ("privateHost", "http://as.example"), ("privateHost", ""), ("privateHost", "hunter2"),
        ("privateHost", 1), ("revocationEndpoint", "http://as.example/revoke"),
        ("revocationEndpoint", "ftp://as.example"), ("revocationEndpoint", false),
    ]

    @Test(arguments: malformed)
    func `a member that cannot be used is named and not repeated`(name: String, value: JSONValue?) {
        let error = #expect(throws: Grant.Malformed.self) { try Self.read([name: value]) }
        #expect(error?.reason.hasPrefix("'\(name)' ") == true)
        #expect(error?.reason.contains("hunter2") == false)
    }

    @Test(arguments: [JSONValue.null, [], "text", 1, [:]])
    func `nothing else is a grant`(document: JSONValue) {
        #expect(throws: Grant.Malformed.self) { try Grant(document, fields: []) }
    }

    @Test(
        arguments: [
            ("b a b", ["b", "a"]), (["b", "a", "b"], ["b", "a"]), (["a b", "c"], ["a", "b", "c"]),
            ([], []), ("", []),
        ] as [(JSONValue, [String])])
    func `scopes are a list or a text`(value: JSONValue, scopes: [String]) throws {
        #expect(try Self.read(["scopes": value]).scopes.map(\.rawValue) == scopes)
    }

    @Test func `no way of printing shows a token`() throws {
        var text = ""
        let grant = try Self.read()
        dump(grant, to: &text)
        #expect(!text.contains("hunter2") && !"\(grant)".contains("hunter2"))
    }
}

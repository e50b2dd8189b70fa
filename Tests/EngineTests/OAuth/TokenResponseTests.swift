import Engine
import Testing

@Suite("Token response")
struct TokenResponseTests {
    static func read(_ changes: [String: JSONValue?] = [:]) throws(OAuthError) -> TokenResponse {
        var members: [String: JSONValue] = ["access_token": "at", "token_type": "Bearer"]
        for (name, value) in changes { members[name] = value }
        return try TokenResponse(.object(members))
    }

    static let lives: [(JSONValue?, Duration?)] = [
        (nil, nil), (JSONValue.null, nil), (3600, .seconds(3600)), ("3600", .seconds(3600)),
        (1, .seconds(1)), (.number(3600.5), .seconds(3600)), ("3600.9", .seconds(3600)),
        (0, nil), ("0", nil), (-1, nil), ("-3600", nil), ("NaN", nil), ("inf", nil),
        ("1e999", nil), ("soon", nil), ("", nil), (true, nil), ([3600], nil), (.number(0.5), nil),
        (.number(-0.0), nil), (1_000_000_000, .seconds(315_360_000)),
        (.integer(.max), .seconds(315_360_000)), (.number(1e300), .seconds(315_360_000)),
        ("99999999999999999999", .seconds(315_360_000)), (.integer(.min), nil),
    ]

    @Test(arguments: lives)
    func `every spelling of a life is a life or none`(value: JSONValue?, life: Duration?) throws {
        #expect(try Self.read(["expires_in": value]).expiresIn == life)
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER"])
    func `the token type is read without case`(type: String) throws {
        #expect(try Self.read(["token_type": .string(type)]).accessToken.reveal() == "at")
    }

    static let refused: [(String, JSONValue?)] = [
        ("token_type", nil), ("token_type", "mac"), ("token_type", "DPoP"), ("token_type", ""),
        ("token_type", 1), ("token_type", "Bearer "), ("access_token", nil), ("access_token", ""),
        ("access_token", .null), ("access_token", 1), ("access_token", ["a"]),
        ("access_token", "a\nb"), ("access_token", "a\u{0}"), ("access_token", "\u{E9}"),
        ("access_token", "a\u{7F}"),
    ]

    @Test(arguments: refused)
    func `an answer without a token that a header can carry is refused`(
        name: String, value: JSONValue?
    ) {
        let error = #expect(throws: OAuthError.self) { try Self.read([name: value]) }
        #expect(error?.code == "exchange_failed")
    }

    @Test(arguments: [JSONValue.null, [], "access_token=a", 1])
    func `an answer that is no object is refused`(document: JSONValue) {
        #expect(throws: OAuthError.self) { try TokenResponse(document) }
    }

    static let refreshTokens: [(JSONValue?, String?)] = [
        ("rt", "rt"), (nil, nil), (JSONValue.null, nil), ("", nil), (1, nil), ("a\r\nb", nil),
    ]

    @Test(arguments: refreshTokens)
    func `a refresh token that cannot be sent is none`(value: JSONValue?, token: String?) throws {
        #expect(try Self.read(["refresh_token": value]).refreshToken?.reveal() == token)
    }

    static let scopes: [(JSONValue?, [String]?)] = [
        (nil, nil), (JSONValue.null, nil), ("b a b", ["b", "a"]), ("", []),
    ]

    @Test(arguments: scopes)
    func `without a scope what was asked for was granted`(value: JSONValue?, scopes: [String]?)
        throws
    {
        #expect(try Self.read(["scope": value]).scopes?.map(\.rawValue) == scopes)
    }

    @Test func `members that the RFC does not know are there for the provider`() throws {
        let response = try Self.read(["scoped_teams": [1, 2], "x": nil])
        #expect(response.members["scoped_teams"] == [1, 2])
    }

    @Test func `no token is among the members that a provider sees`() throws {
        let response = try Self.read([
            "refresh_token": "rt", "id_token": "hunter2-i", "api": "https://a.example",
        ])
        #expect(response.refreshToken == Secret("rt"))
        #expect(Set(response.harmlessMembers.keys) == ["token_type", "api"])
    }
}

import Engine
import ProviderKit
import Testing

@Suite("Revocation endpoint")
struct RevocationTests {
    private static func revoke(
        _ client: any HTTPClient, _ kind: TokenKind = .access
    ) async throws(RevocationFailure) {
        guard let url = URL(string: "https://as.example/revoke") else { return }
        try await TokenEndpoint(url: url, client: client)
            .revoke(Secret("hunter2-t"), kind, clientID: "https://c.example/a b")
    }

    private static func later(_ status: Int, wait: String?) -> HTTPResponse {
        var response = HTTPResponse.json(status, ["error": "temporarily_unavailable"])
        response.headers["Retry-After"] = wait
        return response
    }

    @Test(arguments: [TokenKind.access, .refresh])
    func `it is sent the form of RFC 7009, and the token nowhere else`(kind: TokenKind)
        async throws
    {
        let client = ScriptedHTTPClient(HTTPResponse(status: 200))
        try await Self.revoke(client, kind)
        let request = try #require(client.requests.first)
        #expect(request.method == "POST")
        #expect(request.url.absoluteString == "https://as.example/revoke")
        #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(request.headers["Authorization"] == nil)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "token=hunter2-t&token_type_hint=\(kind.rawValue)"
                + "&client_id=https%3A%2F%2Fc.example%2Fa%20b")
        #expect(client.requests.count == 1)
    }

    @Test(arguments: [200, 204])
    func `what it does not know is done with`(status: Int) async throws {
        try await Self.revoke(ScriptedHTTPClient(HTTPResponse(status: status)))
    }

    @Test(arguments: [429, 503])
    func `a short wait that it asks for is waited`(status: Int) async throws {
        let client = ScriptedHTTPClient(
            Self.later(status, wait: "0"), Self.later(status, wait: "0"), HTTPResponse(status: 200))
        try await Self.revoke(client)
        #expect(Set(client.requests.map(\.body)).count == 1)
    }

    @Test(arguments: [("0", 3), ("3600", 1)])
    func `it is not asked for ever`(wait: String, sends: Int) async {
        let client = ScriptedHTTPClient(
            Array(repeating: .success(Self.later(503, wait: wait)), count: 9))
        let error = await #expect(throws: RevocationFailure.self) { try await Self.revoke(client) }
        guard case .later = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(client.requests.count == sends)
    }

    static let refusals: [(HTTPResponse, RevocationFailure)] = [
        (
            .json(400, ["error": "unsupported_token_type"]),
            .unsupportedKind(reason: "the server answered 'unsupported_token_type'")
        ),
        (
            .json(401, ["error": "invalid_client"]),
            .refused(reason: "the server answered 'invalid_client'")
        ),
        (
            .json(200, ["error": "invalid_request"]),
            .refused(reason: "the server answered 'invalid_request'")
        ),
        (HTTPResponse(status: 404), .endpointGone(reason: "the server answered status 404")),
        (HTTPResponse(status: 410), .endpointGone(reason: "the server answered status 410")),
        (
            .json(400, ["error": "invalid_request", "error_description": "no hunter2-t here"]),
            .refused(reason: "the server answered 'invalid_request': \"no [redacted] here\"")
        ),
    ]

    @Test(arguments: refusals)
    func `each refusal says what may be done next`(
        answer: HTTPResponse, failure: RevocationFailure
    ) async {
        let client = ScriptedHTTPClient(answer)
        let error = await #expect(throws: RevocationFailure.self) { try await Self.revoke(client) }
        #expect(error == failure && client.requests.count == 1)
    }

    /// The words of a proxy, of a server in trouble, and of PostHog without room.
    @Test(arguments: [302, 400, 403, 408, 425, 500, 502, 504, 512, 520, 529])
    func `without an OAuth error no token is given up`(status: Int) async {
        let client = ScriptedHTTPClient(
            HTTPResponse(status: status, body: Data("<html>".utf8)))
        let error = await #expect(throws: RevocationFailure.self) { try await Self.revoke(client) }
        let reason = "the server answered status \(status)"
        #expect(error == .later(reason: reason, retryAfter: nil))
        #expect(client.requests.count == 1)
    }

    @Test func `an answer that does not come is asked for later`() async {
        let client = ScriptedHTTPClient([.failure(.answerUnknown(host: "as", reason: "cut off"))])
        let error = await #expect(throws: RevocationFailure.self) { try await Self.revoke(client) }
        guard case .later(_, nil) = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
    }
}

import Engine
import ProviderKit
import Testing

@Suite("A failed refresh")
struct RefreshFailureTests {
    /// An answer, or none, and whether the server may have used the refresh token up by then.
    struct Failure: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let result: Result<HTTPResponse, HTTPClientError>
        let isDoubtful: Bool

        init(_ name: String, _ response: HTTPResponse, isDoubtful: Bool = false) {
            (testDescription, result, self.isDoubtful) = (name, .success(response), isDoubtful)
        }

        init(_ name: String, _ error: HTTPClientError, isDoubtful: Bool = false) {
            (testDescription, result, self.isDoubtful) = (name, .failure(error), isDoubtful)
        }
    }

    private static let page = HTTPResponse(
        status: 200, headers: ["Content-Type": "text/html"], body: Data("<html>".utf8))

    static let failures = [
        Failure("429", .json(429, [:])),
        Failure("503", .json(503, [:])),
        Failure("temporarily_unavailable", .refusal("temporarily_unavailable", status: 503)),
        Failure("temporarily_unavailable, 500", .refusal("temporarily_unavailable", status: 500)),
        Failure("invalid_request", .refusal("invalid_request")),
        Failure("invalid_scope", .refusal("invalid_scope")),
        Failure("an error under status 200", .refusal("slow_down", status: 200)),
        Failure("a redirect", .json(302, [:])),
        Failure("403", .json(403, [:])),
        Failure("500", .json(500, [:]), isDoubtful: true),
        Failure("500 in JSON", .refusal("internal error", status: 500), isDoubtful: true),
        Failure("server_error", .refusal("server_error", status: 502), isDoubtful: true),
        Failure("504", .json(504, [:]), isDoubtful: true),
        Failure("a page", page, isDoubtful: true),
        Failure("no token", .json(["token_type": "Bearer"]), isDoubtful: true),
        Failure("no JSON", HTTPResponse(status: 200), isDoubtful: true),
        Failure("unreachable", .unreachable(host: "h", reason: "down")),
        Failure("TLS", .insecureConnection(host: "h", reason: "expired")),
        Failure("cut off", .answerUnknown(host: "h", reason: "reset"), isDoubtful: true),
        Failure("too large", .answerTooLarge(host: "h", limit: 1), isDoubtful: true),
    ]

    @Test(arguments: failures)
    func `it is tried again, and known to have been in vain or not`(
        _ failure: Failure
    ) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let before = try await workshop.payload()
            let client = ScriptedHTTPClient([
                failure.result, .success(.refusal("invalid_grant")),
            ])
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(try await workshop.status()?.word == .expiring)
            #expect(try await workshop.status()?.reason?.isEmpty == false)
            #expect(try await (workshop.sent() != nil) == failure.isDoubtful)
            workshop.pass(61)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(client.requests.map(\.refreshToken) == ["refresh-1", "refresh-1"])
            let reason: RefreshRecord.Reason = failure.isDoubtful ? .answerLost : .refused
            #expect(workshop.told.last?.finalReason == reason)
            #expect(try await workshop.status()?.word == .needsReconnect)
            #expect(try await workshop.payload() == before)
        }
    }

    @Test func `a client that is refused is not tried again`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(.refusal("invalid_client", status: 401))
            let manager = workshop.manager(client)
            _ = await manager.token(ifAny: "acme")
            workshop.pass(1000)
            _ = await manager.token(ifAny: "acme")
            #expect(client.requests.count == 1)
            #expect(workshop.told.map(\.finalReason) == [.clientRefused])
        }
    }

    @Test func `without a refresh token nothing is sent, and the token serves to its end`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(refresh: nil, left: 10)
            let client = ScriptedHTTPClient([])
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            workshop.pass(11)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(client.requests.isEmpty)
            #expect(workshop.told.map(\.finalReason) == [.noRefreshToken])
        }
    }
}

extension TokenEvent {
    /// Why the user is needed, where that is what happened.
    var finalReason: RefreshRecord.Reason? {
        if case .needsReconnect(_, let failure) = self { failure.reason } else { nil }
    }
}

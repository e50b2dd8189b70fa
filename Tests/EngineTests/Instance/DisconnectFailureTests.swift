import Engine
import ProviderKit
import TestDatabases
import Testing

/// Steps that fail.
extension DisconnectRouteTests {
    @Test func `a hook that stays keeps the token, and the next run goes on`() async throws {
        try await Self.open { desk, secret in
            desk.service.fail("PUT", HTTPResponse(status: 500))
            let failed = await desk.call("POST", Self.route)
            #expect(failed.status == 502 && failed.error == "disconnect_incomplete")
            #expect(
                Self.outcomes(failed)
                    == ["destination failed", "revocation pending", "credential pending"])
            #expect(failed.json["remediation"]?.string?.contains("--keep-destination") == true)
            #expect(desk.service.state.withLock { $0.revoked } == [])
            let rows = try await Self.rows(desk)
            #expect(rows == 2)
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).json["event"] == "t")
            desk.service.fail("PUT", nil)
            let again = try desk.restarted()
            let answer = await again.call("POST", Self.route)
            #expect(Self.outcomes(answer) == Self.done)
            #expect(desk.service.hooks == [.null])
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `a server that is busy leaves the revocation pending`(kind: DatabaseKind) async throws {
        try await Self.open(on: kind) { desk, secret in
            var busy = HTTPResponse.json(503, ["error": "temporarily_unavailable"])
            busy.headers["Retry-After"] = "3600"
            desk.service.state.withLock { $0.revocation = [busy, HTTPResponse(status: 200)] }
            let failed = await desk.call("POST", Self.route)
            #expect(failed.status == 502 && failed.error == "disconnect_incomplete")
            #expect(
                Self.outcomes(failed)
                    == ["destination done", "revocation pending", "credential pending"])
            #expect(Self.text(failed, 1).hasPrefix("revocation pending: "))
            let rows = try await Self.rows(desk)
            #expect(rows == 2)
            let calls = desk.service.lines.count
            let again = await (try desk.restarted()).call("POST", Self.route)
            #expect(Self.outcomes(again) == Self.done)
            #expect(Self.text(again, 0) == "hook of w1 is deleted", "as the first run left it")
            #expect(desk.service.lines[calls...].allSatisfy { $0 == "POST /revoke" })
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).status == 200)
            #expect(await desk.call("POST", Self.route).json["nothing"] == true)
        }
    }

    @Test(arguments: [400, 401, 403])
    func `a refusal for good is told, and the rows go`(status: Int) async throws {
        try await Self.open { desk, _ in
            let refusal = HTTPResponse.json(status, ["error": "invalid_client"])
            desk.service.state.withLock { $0.revocation = [refusal] }
            let answer = await desk.call("POST", Self.route)
            #expect(answer.status == 200 && answer.json["disconnected"] == true)
            #expect(
                Self.outcomes(answer)
                    == ["destination done", "revocation failed", "credential done"])
            #expect(Self.text(answer, 1).contains("the grant may live on at Acme"))
            let rows = try await Self.rows(desk)
            #expect(rows == 0)
        }
    }

    @Test func `a kind that is not supported falls to the other token, and is told`() async throws {
        try await Self.open { desk, _ in
            let unsupported = HTTPResponse.json(400, ["error": "unsupported_token_type"])
            desk.service.state.withLock {
                $0.revocation = [unsupported, HTTPResponse(status: 200)]
            }
            let answer = await desk.call("POST", Self.route)
            #expect(Self.outcomes(answer) == Self.done)
            #expect(Self.text(answer, 1).contains("the access token is revoked"))
            #expect(Self.text(answer, 1).contains("'unsupported_token_type'"))
            #expect(desk.service.state.withLock { $0.revoked } == ["hunter2-a"])
        }
    }

    @Test func `without an endpoint in the grant it is discovered, and without any it is told`()
        async throws
    {
        for hasEndpoint in [true, false] {
            try await Self.open([:], ["revocationEndpoint": nil]) { desk, _ in
                var document: [String: JSONValue] = [
                    "issuer": "https://eu.acme.example",
                    "authorization_endpoint": "https://eu.acme.example/authorize",
                    "token_endpoint": "https://eu.acme.example/token",
                    "code_challenge_methods_supported": ["S256"],
                ]
                document["revocation_endpoint"] = hasEndpoint ? .string(Self.revoke) : nil
                desk.service.state.withLock { $0.metadata = .json(.object(document)) }
                let answer = await desk.call("POST", Self.route)
                #expect(answer.json["disconnected"] == true)
                #expect(Self.outcomes(answer)[1] == "revocation \(hasEndpoint ? "done" : "failed")")
            }
        }
    }

    @Test func `an endpoint that is gone is looked for once`() async throws {
        try await Self.open { desk, _ in
            desk.service.state.withLock {
                $0.revocation = [HTTPResponse(status: 410)]
                $0.metadata = HTTPResponse(status: 404)
            }
            let answer = await desk.call("POST", Self.route)
            #expect(Self.outcomes(answer)[1] == "revocation failed")
            #expect(answer.json["disconnected"] == true)
        }
    }

    @Test func `one that is gone and is still named may come back`() async throws {
        try await Self.open { desk, _ in
            desk.service.state.withLock {
                $0.revocation = [HTTPResponse(status: 404)]
                $0.metadata = .json([
                    "issuer": "https://eu.acme.example",
                    "authorization_endpoint": "https://eu.acme.example/authorize",
                    "token_endpoint": "https://eu.acme.example/token",
                    "revocation_endpoint": .string(Self.revoke),
                    "code_challenge_methods_supported": ["S256"],
                ])
            }
            let answer = await desk.call("POST", Self.route)
            #expect(answer.status == 502 && Self.outcomes(answer)[1] == "revocation pending")
            let rows = try await Self.rows(desk)
            #expect(rows == 2)
        }
    }

    @Test func `a plan that cannot be carried out says so`() async throws {
        try await Self.open { desk, _ in
            desk.service.fail("GET", HTTPResponse(status: 500))
            let plan = await desk.call("POST", Self.route, ["plan": true])
            #expect(
                Self.outcomes(plan)
                    == ["destination failed", "revocation pending", "credential pending"])
        }
    }

    @Test func `deleting the credential by hand ends a leaving that was not finished`()
        async throws
    {
        try await Self.open { desk, secret in
            desk.service.state.withLock { $0.revocation = [HTTPResponse(status: 500)] }
            #expect(await desk.call("POST", Self.route).status == 502)
            #expect(await desk.call("DELETE", Desk.credential).status == 200)
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).status == 401)
            #expect(await desk.call("POST", Self.route).json["nothing"] == true)
        }
    }

    @Test func `one process at a time writes at the service`() async throws {
        try await Self.open { desk, _ in
            let lock = try await desk.database.lock(
                "provision-acme", lease: .seconds(30), patience: .seconds(1))
            let calls = desk.service.lines.count
            let leaving = Task { await desk.call("POST", Self.route) }
            try await Task.sleep(for: .milliseconds(200))
            #expect(desk.service.lines.count == calls)
            await lock.release()
            #expect(await leaving.value.json["disconnected"] == true)
        }
    }

    @Test func `a row that does not open is given up without its token, where that is said`()
        async throws
    {
        try await Self.open { desk, secret in
            let other = try desk.restarted([
                "BETTER_AUTH_SECRET": "hunter2-other-secret-0123456789abcdef"
            ])
            let failed = await other.call("POST", Self.route)
            #expect(failed.status == 502 && Self.outcomes(failed)[0] == "destination failed")
            let kept = try await Self.rows(desk)
            #expect(kept == 2)
            let given = await other.call("POST", Self.route, ["keepDestination": true])
            #expect(given.json["disconnected"] == true)
            #expect(
                Self.outcomes(given)
                    == ["destination skipped", "revocation failed", "credential done"])
            let rows = try await Self.rows(desk)
            #expect(rows == 0)
            #expect(await other.deliver(EventShelf.delivery(), secret: secret).status == 401)
        }
    }
}

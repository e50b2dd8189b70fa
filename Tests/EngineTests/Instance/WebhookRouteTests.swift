import Engine
import Testing

@Suite("Webhook route")
struct WebhookRouteTests {
    static let given = ["ACME_WEBHOOK_SECRET": "s3cret"]

    static func total(_ desk: Desk) async -> JSONValue? {
        await desk.call("GET", "/v1/admin/events").json["total"]
    }

    @Test func `a delivery is stored and acknowledged, its double is acknowledged alike`()
        async throws
    {
        try await Desk.open(Self.given) { desk in
            for _ in 0..<2 {
                let answer = await desk.deliver(EventShelf.delivery(), secret: "s3cret")
                #expect(answer.status == 200)
                #expect(answer.text == #"{"event":"t","ok":true,"userId":"u"}"#)
            }
            #expect(await Self.total(desk) == 1)
        }
    }

    @Test func `one that the rule leaves out is acknowledged and not stored`() async throws {
        try await Desk.open(Self.given) { desk in
            let answer = await desk.deliver(EventShelf.delivery(live: "false"), secret: "s3cret")
            #expect(answer.status == 200 && answer.text == #"{"ok":true,"skipped":true}"#)
            #expect(await Self.total(desk) == 0)
        }
    }

    @Test(arguments: [
        nil, "", "S3cret", "s3cre", "s3cret2", " s3cret", "s3cret\u{0}", "Bearer s3cret",
    ])
    func `a wrong secret is refused before the body is looked at`(secret: String?) async throws {
        try await Desk.open(Self.given) { desk in
            for body in [EventShelf.delivery(), "not json", ""] {
                let answer = await desk.deliver(body, secret: secret)
                #expect(answer.status == 401 && answer.text == #"{"error":"Unauthorized"}"#)
            }
            #expect(await Self.total(desk) == 0)
        }
    }

    @Test func `two secrets are none, and the admin key is none`() async throws {
        let earlier = ["ACME_WEBHOOK_SECRET_PREVIOUS": "earlier"]
        try await Desk.open(Self.given.merging(earlier) { $1 }) { desk in
            let doubled = ["s3cret", "earlier"].map { secret in
                var headers: HTTPHeaders = ["X-Acme-Secret": secret]
                headers.append("x-acme-secret", secret)
                return headers
            }
            for headers in doubled + [["Authorization": "Bearer \(Desk.adminKey)"]] {
                let answer = await desk.send(
                    "POST", "/v1/webhooks/acme", headers: headers,
                    body: Data(EventShelf.delivery().utf8))
                #expect(answer.status == 401)
            }
        }
    }

    @Test func `without a secret nothing is taken, also not the empty one`() async throws {
        try await Desk.open { desk in
            for secret in [nil, "", "undefined", "null"] {
                let answer = await desk.deliver(EventShelf.delivery(), secret: secret)
                #expect(answer.status == 401)
            }
        }
    }

    @Test func `an empty secret in the store is none`() async throws {
        try await Desk.open { desk in
            let secret = try #require(desk.environment["BETTER_AUTH_SECRET"])
            let store = CredentialStore(
                desk.database, sealer: try CredentialSealer(secret: Secret(secret)))
            _ = try await store.save("acme", .derived, ["webhookSecret": ""])
            for secret in [nil, ""] {
                let answer = await desk.deliver(EventShelf.delivery(), secret: secret)
                #expect(answer.status == 401)
            }
        }
    }

    @Test func `a minted secret counts at once, and deleting it ends it`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            let secret = try #require(desk.service.secrets.first)
            let taken = await desk.deliver(EventShelf.delivery(), secret: secret)
            #expect(taken.status == 200)
            _ = await desk.call("DELETE", Desk.credential)
            let refused = await desk.deliver(EventShelf.delivery(), secret: secret)
            #expect(refused.status == 401)
        }
    }

    @Test func `the environment's secret goes before the minted one`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            let minted = try #require(desk.service.secrets.first)
            let other = try desk.restarted(Self.given)
            #expect(await other.deliver(EventShelf.delivery(), secret: minted).status == 401)
            #expect(await other.deliver(EventShelf.delivery(), secret: "s3cret").status == 200)
        }
    }

    @Test(arguments: [true, false])
    func `an earlier secret of the environment counts beside another one alone`(
        isBesideOne: Bool
    ) async throws {
        let previous = ["ACME_WEBHOOK_SECRET_PREVIOUS": "earlier"]
        for environment in [previous, previous.merging(Self.given) { $1 }] {
            try await Desk.open(environment) { desk in
                let isGiven = environment.count > 1
                if isBesideOne, !isGiven {
                    await desk.connect()
                    #expect(await desk.call("POST", Desk.provision).status == 200)
                }
                let earlier = await desk.deliver(EventShelf.delivery(), secret: "earlier")
                #expect(earlier.status == (isBesideOne || isGiven ? 200 : 401))
                for secret in ["", "Earlier", "earlier,s3cret"] {
                    let refused = await desk.deliver(EventShelf.delivery(), secret: secret)
                    #expect(refused.status == 401)
                }
            }
        }
    }

    @Test func `a secret that cannot be read means later, whatever was sent`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            let secret = try #require(desk.service.secrets.first)
            let other = try desk.restarted(["BETTER_AUTH_SECRET": "hunter2-another-secret"])
            for given in [secret, "wrong", nil] {
                let answer = await other.deliver(EventShelf.delivery(), secret: given)
                #expect(answer.status == 503)
            }
            let still = await desk.deliver(EventShelf.delivery(), secret: secret)
            #expect(still.status == 200)
        }
    }

    @Test(arguments: ["nobody", "old-service", "ACME", "acme%00", "%61cme%20"])
    func `a source that nobody has is unknown`(name: String) async throws {
        try await Desk.open(Self.given) { desk in
            let answer = await desk.send(
                "POST", "/v1/webhooks/\(name)", headers: ["X-Acme-Secret": "s3cret"],
                body: Data(EventShelf.delivery().utf8))
            #expect(answer.status == 404 && answer.error != nil)
        }
    }

    @Test(arguments: [
        ("", "invalid_json"), ("{", "invalid_json"), ("[]", "invalid_body"),
        ("{}", "invalid_body"), (EventShelf.delivery(at: "7"), "invalid_body"),
    ])
    func `a verified body of another shape is refused with a reason`(body: String, error: String)
        async throws
    {
        try await Desk.open(Self.given) { desk in
            let answer = await desk.deliver(body, secret: "s3cret")
            #expect(answer.status == 400 && answer.error == error)
            #expect(answer.json["detail"]?.string?.isEmpty == false)
        }
    }

    @Test func `without a database it means later`() async throws {
        try await Desk.open(Self.given) { desk in
            await desk.database.close()
            let answer = await desk.deliver(EventShelf.delivery(), secret: "s3cret")
            #expect(answer.status == 503)
        }
    }
}

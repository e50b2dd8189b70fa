import Engine
import Testing

/// A service whose deliveries are signed, as its declaration alone says.
private struct Signing: Provider {
    let id: ProviderID = "signing"
    let name = "Signing"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
    let sample: WebhookSample

    var webhook: WebhookSource? {
        WebhookSource(
            verification: sample.verification, id: nil, event: ["type"], userID: ["member", "id"],
            isUserOptional: true, occurredAt: ["created"], timeNotation: .unixSeconds,
            properties: ["data"], personProperties: ["traits"],
            replies: [WebhookReply(when: ["type"], is: 1, answer: ["type": 1])])
    }

    func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    {
        ProviderConfiguration(
            webhookSecret: environment["SIGNING_SECRET"].map { Secret($0) },
            previousWebhookSecret: environment["SIGNING_SECRET_PREVIOUS"].map { Secret($0) })
    }
}

@Suite("Signed webhooks")
struct SignedWebhookTests {
    /// Delivers to an instance of that environment, at the time that was signed; answers its text.
    private static func deliver(
        _ sample: WebhookSample, _ environment: [String: String], body: String? = nil,
        headers: HTTPHeaders? = nil, later: Double = 0
    ) async throws -> (status: Int, text: String, stored: Int64?) {
        var result = (status: 0, text: "", stored: Int64?.none)
        try await withDatabase { database in
            let registry = try ProviderRegistry([Signing(sample: sample)])
            let common = [
                "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": Desk.adminKey,
                "BETTER_AUTH_SECRET": "hunter2-auth-secret-0123456789abcdef",
            ]
            let configuration = try InstanceConfiguration(
                Environment(common.merging(environment) { $1 }), registry: registry)
            let moment = Date(timeIntervalSince1970: (sample.seconds ?? 0) + later)
            let tokens = TokenManager(
                TokenParts(
                    database: database, sealer: try CredentialSealer(secret: Secret("x")),
                    client: CurlClient(), now: { moment }), registry: registry)
            let router = try Instance.router(
                configuration, registry, Migrator(database, Instance.migrations), tokens,
                version: "1", client: CurlClient(), log: Log { _ in })
            let answer = await router.respond(
                to: ServerRequest(
                    method: "POST", target: "/v1/webhooks/signing",
                    headers: headers ?? sample.fields, body: Data((body ?? sample.body).utf8)))
            let page = await router.respond(
                to: ServerRequest(
                    method: "GET", target: "/v1/admin/events",
                    headers: ["Authorization": "Bearer \(Desk.adminKey)"]))
            result = (
                answer.status, String(decoding: answer.body, as: UTF8.self),
                JSONValue(decoding: page.body)?["total"]?.integer
            )
        }
        return result
    }

    @Test func `a verified ping gets the answer that its source declares, and is not stored`()
        async throws
    {
        let sample = WebhookSample.discord
        let answer = try await Self.deliver(sample, ["SIGNING_SECRET": sample.secret])
        #expect(answer.status == 200 && answer.text == #"{"type":1}"# && answer.stored == 0)
    }

    @Test func `a ping that is not verified gets none`() async throws {
        let sample = WebhookSample.discord
        let key = ["SIGNING_SECRET": sample.secret]
        for answer in [
            try await Self.deliver(sample, key, headers: [:]),
            try await Self.deliver(sample, key, body: #"{"type":1} "#),
            try await Self.deliver(sample, key, later: 301),
            try await Self.deliver(sample, ["SIGNING_SECRET": sample.otherSecret]),
            try await Self.deliver(sample, [:]),
        ] {
            #expect(answer.status == 401 && answer.text == #"{"error":"Unauthorized"}"#)
        }
    }

    @Test(arguments: ["SIGNING_SECRET", "SIGNING_SECRET_PREVIOUS"])
    func `during a rotation both secrets of the environment verify`(name: String) async throws {
        let sample = WebhookSample.stripe
        let both = ["SIGNING_SECRET": sample.otherSecret, "SIGNING_SECRET_PREVIOUS": "other"]
        let answer = try await Self.deliver(sample, both.merging([name: sample.secret]) { $1 })
        // Verified, and then not of this source's shape.
        #expect(answer.status == 400)
    }

    @Test(arguments: WebhookSample.all)
    func `what is no JSON is refused before it is read, and read when it is proven`(
        sample: WebhookSample
    ) async throws {
        let refused = try await Self.deliver(
            sample, ["SIGNING_SECRET": sample.otherSecret], body: "not json")
        #expect(refused.status == 401)
        let right = try await Self.deliver(sample, ["SIGNING_SECRET": sample.secret])
        #expect([200, 400].contains(right.status))
    }
}

import Engine
import TestDatabases
import Testing

/// A service that pings, and that wants an answer of its own to one kind of event.
private struct Asking: Provider {
    let id: ProviderID = "asking"
    let name = "Asking"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
    let webhook: WebhookSource? = WebhookSource(
        verification: .sharedSecret(header: "X-Secret"), id: ["id"], event: ["name"],
        otherEvents: [["type"]], userID: nil, occurredAt: nil, properties: ["data"],
        personProperties: nil,
        replies: [
            WebhookReply(when: ["type"], is: 1, answer: ["pong": true]),
            WebhookReply(when: ["type"], is: 2, answer: ["later": true], stores: true),
        ])

    func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { ProviderConfiguration(webhookSecret: Secret("s3cret")) }
}

@Suite("Stored replies")
struct StoredReplyTests {
    private static func withRouter(
        _ body: (Router, TestEvents) async throws -> Void
    ) async throws {
        try await withDatabase { database in
            let registry = try ProviderRegistry([Asking()])
            let configuration = try InstanceConfiguration(
                Environment([
                    "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": Desk.adminKey,
                    "BETTER_AUTH_SECRET": "hunter2-auth-secret-0123456789abcdef",
                ]), registry: registry)
            let tokens = try TokenManager(
                configuration, registry, database, client: CurlClient(), log: Log { _ in })
            let router = try Instance.router(
                configuration, registry, Migrator(database, Instance.migrations), tokens,
                version: "1", client: CurlClient(), log: Log { _ in })
            let sealer = try CredentialSealer(secret: configuration.authSecret)
            try await body(router, TestEvents(database, sealer: sealer))
        }
    }

    private static func answer(
        _ body: String, _ router: Router, secret: String = "s3cret"
    ) async -> (status: Int, text: String) {
        let answer = await router.respond(
            to: ServerRequest(
                method: "POST", target: "/v1/webhooks/asking", headers: ["X-Secret": secret],
                body: Data(body.utf8)))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// What each body was answered, and the events that are there in the end.
    private static func deliver(
        _ bodies: [String], secret: String = "s3cret"
    ) async throws -> (answers: [(status: Int, text: String)], events: JSONValue?) {
        var answers: [(status: Int, text: String)] = []
        var events: JSONValue?
        try await withRouter { router, _ in
            for body in bodies { answers.append(await answer(body, router, secret: secret)) }
            let page = await router.respond(
                to: ServerRequest(
                    method: "GET", target: "/v1/admin/events",
                    headers: ["Authorization": "Bearer \(Desk.adminKey)"]))
            events = JSONValue(decoding: page.body)
        }
        return (answers, events)
    }

    @Test func `a test event that wants an answer has arrived`() async throws {
        try await Self.withRouter { router, tests in
            let event = try await tests.begin("asking")
            #expect(try await !tests.hasArrived(event.id, of: "asking"))
            let answer = await Self.answer(#"{"id":"\#(event.id)","type":2}"#, router)
            #expect(answer.text == #"{"later":true}"#)
            #expect(try await tests.hasArrived(event.id, of: "asking"))
        }
    }

    @Test func `an event that wants an answer gets it and is stored, once`() async throws {
        let body = #"{"id":"7","type":2,"data":{"a":1}}"#
        let (answers, events) = try await Self.deliver([body, body])
        #expect(answers.map(\.status) == [200, 200])
        #expect(answers.allSatisfy { $0.text == #"{"later":true}"# })
        #expect(events?["total"] == 1)
        #expect(events?["events"]?.array?.first?["event"] == "2")
        #expect(events?["events"]?.array?.first?["properties"] == ["a": 1])
    }

    @Test func `a ping is answered and not stored, another event is stored and answered as ever`()
        async throws
    {
        let (answers, events) = try await Self.deliver([
            #"{"id":"1","type":1}"#, #"{"id":"2","type":3}"#,
        ])
        #expect(answers[0].text == #"{"pong":true}"#)
        #expect(answers[1].text == #"{"event":"3","ok":true,"userId":""}"#)
        #expect(events?["total"] == 1)
    }

    @Test func `one that cannot be stored does not get the answer`() async throws {
        let (answers, events) = try await Self.deliver([
            #"{"type":2}"#, #"{"id":"1","type":2,"data":3}"#,
        ])
        #expect(answers.map(\.status) == [400, 400])
        #expect(answers.allSatisfy { !$0.text.contains("later") })
        #expect(events?["total"] == 0)
    }

    @Test func `a forgery gets no answer`() async throws {
        let (answers, events) = try await Self.deliver(
            [#"{"id":"1","type":1}"#, #"{"id":"7","type":2}"#], secret: "other")
        #expect(answers.map(\.status) == [401, 401] && events?["total"] == 0)
    }
}

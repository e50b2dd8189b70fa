import Engine
import ProviderKit
import Testing

@Suite("Leaving, as a client asks for it")
struct DisconnectionTests {
    private static func send(
        _ answer: HTTPResponse, plan: Bool = false
    ) async throws -> DisconnectOutcome {
        var request = DisconnectRequest()
        request.isPlan = plan
        return try await Disconnection(
            provider: Acme(), instance: InstanceClientTests.client(ScriptedHTTPClient(answer))
        ).send(request)
    }

    private static func reply(
        _ outcome: DisconnectReply.Step.Outcome, plan: Bool = false
    ) -> DisconnectReply {
        DisconnectReply(
            isPlan: plan,
            steps: [
                .init(.destination, .done, "gone", removed: [.init("hook of w1", .deleted)]),
                .init(.revocation, outcome, "revocation pending: busy"),
                .init(.credential, outcome, "kept"),
            ], notes: ["a note"])
    }

    @Test func `it asks for what it was told, under a path that no older instance has`()
        async throws
    {
        let inner = ScriptedHTTPClient(.json(Self.reply(.done).json))
        var request = DisconnectRequest()
        request.isEverywhere = true
        _ = try await Disconnection(
            provider: Acme(), instance: InstanceClientTests.client(inner)
        ).send(request)
        #expect(inner.lines == ["POST /base/v1/admin/providers/acme/disconnect"])
        #expect(
            JSONValue(decoding: inner.requests[0].body)
                == ["plan": false, "keepDestination": false, "everywhere": true])
    }

    private static let replies: [(reply: DisconnectReply, plan: Bool, verdict: Verdict)] = [
        (reply(.done), false, .disconnected), (reply(.pending), false, .disconnectIncomplete),
        (reply(.planned, plan: true), true, .planPending),
        (DisconnectReply(isPlan: false, steps: []), false, .nothingToDisconnect),
        (DisconnectReply(isPlan: true, steps: []), true, .nothingToDisconnect),
    ]

    @Test(arguments: replies)
    func `a reply is read as it was written`(
        reply: DisconnectReply, plan: Bool, verdict: Verdict
    ) async throws {
        let outcome = try await Self.send(.json(reply.json), plan: plan)
        #expect(outcome.reply == reply && outcome.verdict == verdict)
        #expect(outcome.json["ok"] == .bool(verdict != .disconnectIncomplete))
        #expect(outcome.json["steps"] == reply.json["steps"])
        let error = verdict == .disconnectIncomplete ? "revocation pending: busy" : String?.none
        #expect(outcome.json["error"]?.string == error)
    }

    @Test func `a stranger's texts do not reach the terminal as they are`() async throws {
        let hostile = DisconnectReply(
            isPlan: false,
            steps: [
                .init(
                    .destination, .done, "a\u{1B}[2J", removed: [.init("b\u{1B}[2J", .disabled)])
            ], notes: ["c\u{7}"])
        let reply = try await Self.send(.json(hostile.json)).reply
        let texts = reply.notes + reply.steps.flatMap { [$0.text] + $0.removed.map(\.object) }
        #expect(texts.count == 3)
        for text in texts { #expect(!text.contains { $0 == "\u{1B}" || $0 == "\u{7}" }) }
    }

    private static let others: [(answer: HTTPResponse, hint: String)] = [
        (HTTPResponse(status: 404), "update the instance"),
        (
            .json(409, ["error": "connected_again", "detail": "d", "remediation": "run it"]),
            "run it"
        ),
        (.json(503, ["error": "database_unavailable"]), "run the command again"),
        (.json(200, ["plan": true, "steps": []]), "run the command again"),
        (
            .json(200, ["plan": false, "steps": [["step": "x", "outcome": "done"]]]),
            "run the command again"
        ),
        (.json(200, ["deleted": true]), "run the command again"),
    ]

    @Test(arguments: others)
    func `any other answer is no success`(answer: HTTPResponse, hint: String) async throws {
        let error = await #expect(throws: ConnectError.self) { try await Self.send(answer) }
        #expect(error?.verdict == .disconnectIncomplete)
        #expect(error?.hint?.hasPrefix(hint) == true)
    }
}

import Engine
import Testing

@Suite("Grant storage")
struct GrantStorageTests {
    static func status(_ status: Int, _ body: JSONValue = ["error": "e"]) -> ScriptedInstance.Answer
    {
        .success(.json(status, body))
    }

    static let unreachable = ScriptedInstance.Answer.failure(
        .answerUnknown(host: "h", reason: "timeout"))

    @Test(arguments: [[status(503)], [status(500), unreachable], [status(429)]])
    func `a failure that may pass is tried again with the same grant`(
        answers: [ScriptedInstance.Answer]
    ) async throws {
        let instance = ScriptedInstance(put: answers + [Self.status(200)])
        let outcome = try await Journey(instance).run()
        #expect(outcome.verdict == .connected)
        #expect(instance.bodies("PUT").count == answers.count + 1)
        #expect(Set(instance.bodies("PUT").map { $0.encoded() }).count == 1)
    }

    @Test(arguments: [status(503), unreachable])
    func `after three more tries it says that a grant remains`(answer: ScriptedInstance.Answer)
        async throws
    {
        let instance = ScriptedInstance(put: [answer])
        let error = await Journey(instance).refusal()
        #expect(error?.verdict == .storeFailed && error?.isCredentialStored == false)
        #expect(error?.description.contains("a grant remains at Acme") == true)
        #expect(instance.bodies("PUT").count == 4)
        #expect(instance.bodies("POST").isEmpty)
    }

    @Test(arguments: [
        status(400, ["error": "invalid_credential", "detail": "'kind'\u{1B}[2J"]), status(401),
        status(403), status(404), status(409), status(413), status(302),
    ])
    func `a refusal is final`(answer: ScriptedInstance.Answer) async throws {
        let instance = ScriptedInstance(put: [answer])
        let journey = Journey(instance)
        let error = await journey.refusal()
        #expect(error?.verdict == .storeFailed)
        #expect(error?.description.contains("\u{1B}") == false)
        #expect(instance.bodies("PUT").count == 1)
        #expect(journey.pages.withLock { $0.joined() }.contains("Acme is not connected"))
    }

    /// Answers a PUT only after a while, whatever happens to the one who asks.
    struct SlowInstance: HTTPClient {
        let inner: ScriptedInstance
        let hasBegun = CancellationFlag()

        func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
            if request.method == "PUT" {
                hasBegun.set()
                await Task { try? await Task.sleep(for: .milliseconds(200)) }.value
            }
            return try await inner.send(request)
        }
    }

    @Test(arguments: [(200, true), (400, false)])
    func `a Ctrl-C during the PUT waits for its answer and tells it`(status: Int, stored: Bool)
        async throws
    {
        let instance = SlowInstance(inner: ScriptedInstance(put: [Self.status(status)]))
        let journey = Journey(instance)
        let running = Task { await journey.refusal() }
        while !instance.hasBegun.isSet { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        let error = await running.value
        #expect(error?.verdict == .interrupted && error?.isCredentialStored == stored)
        #expect(instance.inner.bodies("POST").isEmpty)
        #expect(error?.hint?.contains("--provision-only") == stored)
    }
}

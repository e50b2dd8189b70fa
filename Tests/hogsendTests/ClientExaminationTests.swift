import Engine
import HogsendCommands
import ProviderKit
import Testing

@Suite("client examination")
struct ClientExaminationTests {
    /// What is known of PostHog's client is enough here.
    struct Service: Provider {
        let id: ProviderID = "service"
        let name = "Service"
        let hosts: [ProviderHost] = []
        var authentication = Authentication.authorizationCode(
            clientID: "https://service.example/client.json")
    }

    private func finding(
        _ answer: Result<HTTPResponse, HTTPClientError>, own: String? = nil
    ) async throws -> (finding: Finding, client: ScriptedHTTPClient) {
        let client = ScriptedHTTPClient([answer])
        let examination = ClientExamination(
            provider: Service(), own: own, host: nil, client: client)
        return (try #require(await examination.finding()), client)
    }

    private func document(_ changes: [String: JSONValue] = [:]) throws -> HTTPResponse {
        let json = try #require(ClientMetadata(of: Service())).json
        return .json(.object((json.object ?? [:]).merging(changes) { $1 }))
    }

    @Test func `a document that says the same is good`() async throws {
        let (finding, client) = try await finding(.success(document()))
        #expect(finding.standing == .good && finding.id == "service.client")
        #expect(client.lines == ["GET /client.json"])
        #expect(client.requests.allSatisfy { $0.timeout <= .seconds(3) })
        #expect(client.requests.allSatisfy { $0.headers["Authorization"] == nil })
    }

    @Test func `a document that differs wants attention, member by member`() async throws {
        let (finding, _) = try await finding(
            .success(document(["redirect_uris": [], "client_name": "Other"])))
        #expect(finding.standing == .attention)
        #expect(finding.text.hasSuffix("differs from this program in: client_name, redirect_uris"))
        #expect(finding.hint?.contains("hogsend providers cimd service") == true)
    }

    static let unread: [(Result<HTTPResponse, HTTPClientError>, String)] = [
        (.failure(.unreachable(host: "service.example", reason: "no name")), "no name"),
        (.failure(.answerTooLarge(host: "service.example", limit: 1)), "larger than"),
        (.success(HTTPResponse(status: 404)), "status 404"),
        (.success(HTTPResponse(status: 302)), "status 302"),
        (.success(HTTPResponse(status: 200, body: Data("<html>".utf8))), "no JSON object"),
        (.success(.json([])), "no JSON object"),
    ]

    @Test(arguments: unread)
    func `a document that cannot be read is a note`(
        answer: Result<HTTPResponse, HTTPClientError>, words: String
    ) async throws {
        let (finding, _) = try await finding(answer)
        #expect(finding.standing == .note && finding.text.contains(words))
    }

    @Test func `a grant of another client is held against that one's document`() async throws {
        let own = "https://me.example/mine.json"
        let (finding, client) = try await finding(
            .success(document(["client_id": .string(own)])), own: own)
        #expect(finding.standing == .good && client.lines == ["GET /mine.json"])
    }

    @Test func `a client without a document is not looked at`() async {
        let client = ScriptedHTTPClient()
        let provider = Service(authentication: .authorizationCode(clientID: "registered"))
        let examination = ClientExamination(
            provider: provider, own: nil, host: nil, client: client)
        #expect(await examination.finding() == nil && client.lines == [])
    }

    @Test(arguments: [("http://127.0.0.1:8000", 0), ("https://eu.service.example", 1)])
    func `for a service on this machine nothing beyond it is asked`(host: String, count: Int)
        async throws
    {
        let client = ScriptedHTTPClient(.json([:]))
        let examination = ClientExamination(
            provider: Service(), own: nil, host: URL(address: host), client: client)
        #expect((await examination.finding() == nil) == (count == 0))
        #expect(client.requests.count == count)
    }
}

import Engine
import ProviderKit
import Testing

@Suite("JSON APIs of services")
struct JSONAPITests {
    private static func api(
        _ client: any HTTPClient, host: String = "https://api.acme.example/base"
    ) throws -> JSONAPI {
        JSONAPI(
            provider: "acme", host: try address(host), client: client,
            headers: ["X-Version": "7"], hiding: [Secret("hunter2"), Secret("")],
            words: { $0["error"]?.string })
    }

    /// What a failing answer is worded as.
    private static func error(
        _ answer: HTTPResponse,
        refusal: (@Sendable (APIProblem) -> ProvisionError?)? = nil
    ) async throws -> ProvisionError? {
        var api = try api(ScriptedHTTPClient(answer))
        if let refusal { api = api.refusing(refusal) }
        do throws(ProvisionError) {
            _ = try await api.object("GET", "/x", step: "looking")
            return nil
        } catch {
            return error
        }
    }

    @Test func `a request stands on the host and carries the API's headers and its own`()
        async throws
    {
        let client = ScriptedHTTPClient(.json(["a": 1]), .json(201, ["a": 2]), .json(["a": 3]))
        let api = try Self.api(client)
        #expect(try await api.object("GET", "/x?y=1", step: "s") == ["a": 1])
        #expect(
            try await api.object(
                "PUT", "/x", .json(["b": true]), headers: ["X-Version": "8", "X-More": "m"],
                step: "s") == ["a": 2])
        #expect(
            try await api.object("POST", "/x", .form([("a[]", "1 + 1"), ("a[]", "ü&")]), step: "s")
                == ["a": 3])
        #expect(client.lines == ["GET /base/x?y=1", "PUT /base/x", "POST /base/x"])
        let requests = client.requests
        #expect(requests.map { $0.headers["X-Version"] } == ["7", "8", "7"])
        #expect(requests.map { $0.headers["X-More"] } == [nil, "m", nil])
        #expect(requests.allSatisfy { $0.headers["Accept"] == "application/json" })
        #expect(
            requests.map { $0.headers["Content-Type"] } == [
                nil, "application/json", "application/x-www-form-urlencoded",
            ])
        #expect(
            requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                "", #"{"b":true}"#, "a%5B%5D=1%20%2B%201&a%5B%5D=%C3%BC%26",
            ])
    }

    @Test(arguments: [
        HTTPResponse(status: 200, body: Data("<html>".utf8)), .json([1]), .json("x"),
        HTTPResponse(status: 204), HTTPResponse(status: 302, headers: ["Location": "/"]),
    ])
    func `what is no object, and a redirect, mean that there is no such API`(
        answer: HTTPResponse
    ) async throws {
        #expect(try await Self.error(answer)?.code == "unsupported-instance")
    }

    @Test func `a failure is told by status, the service's words and the wait, without secrets`()
        async throws
    {
        var answer = HTTPResponse.json(429, ["error": "slow down, hunter2\u{1B}[31m\nplease"])
        answer.headers["Retry-After"] = "9"
        #expect(
            try await Self.error(answer)
                == .unexpectedAnswer(
                    step: "looking", status: 429,
                    detail: "slow down, [redacted] [31m please Retry-After: 9 seconds"))
        #expect(
            try await Self.error(HTTPResponse(status: 502, body: Data("<h1>hunter2".utf8)))
                == .unexpectedAnswer(step: "looking", status: 502, detail: nil))
        #expect(
            try await Self.error(.json(401, ["error": "no"])) == .unauthorized(provider: "acme"))
    }

    @Test func `what the provider says of a failure goes first, and nil leaves it as it is`()
        async throws
    {
        let answer = HTTPResponse.json(401, ["error": "no"])
        let refused = try await Self.error(answer) { problem in
            #expect(problem.status == 401 && problem.step == "looking")
            #expect(problem.document == ["error": "no"] && problem.detail == "no")
            return problem.unexpected
        }
        #expect(refused == .unexpectedAnswer(step: "looking", status: 401, detail: "no"))
        #expect(try await Self.error(answer) { _ in nil } == .unauthorized(provider: "acme"))
    }

    @Test func `no answer is told in the client's words`() async throws {
        let api = try Self.api(ScriptedHTTPClient([.failure(.cancelled)]))
        let error = await #expect(throws: ProvisionError.self) {
            try await api.object("GET", "/x", step: "looking")
        }
        #expect(error?.code == "api-error" && error?.description.contains("looking") == true)
    }
}

@Suite("Webhook addresses")
struct WebhookAddressTests {
    @Test(arguments: [
        ("https://a.example/x/", "https://a.example/x", "/x"),
        ("https://a.example/x?k=1#f", "https://a.example/x", "/x"),
        ("https://a.example", "https://a.example", ""), ("no address", "no address", ""),
        ("", "", ""),
        ("https://a.example//", "https://a.example", ""),
        ("HTTPS://A.Example:443/X", "https://a.example/X", "/X"),
        ("http://A.example:80", "http://a.example", ""),
        ("http://a.example:443/x", "http://a.example:443/x", "/x"),
        ("https://Me:Pw@A.example:8443/X", "https://Me:Pw@a.example:8443/X", "/X"),
        ("https://[2001:DB8::443]/x", "https://[2001:db8::443]/x", "/x"),
        ("://", ":", ""),
    ])
    func `an address leads to a place, and has a path there`(
        text: String, place: String, path: String
    ) {
        let address = WebhookAddress(text)
        #expect(address.place == place && address.path == path)
    }

    @Test(arguments: [
        ("https://user:pw@a.example/x?key=s3cret", "https://a.example/x?…"),
        ("https://a.example/x#s3cret", "https://a.example/x?…"),
        ("https://a.example/x\u{1B}[31m", "https://a.example/x [31m"),
    ])
    func `it is shown without what may be a secret`(text: String, shown: String) {
        #expect(WebhookAddress(text).shown == shown)
    }
}

import Engine
import PostHogSimulator

/// A client of the simulator that says no more than a test tells it to.
struct Visitor {
    static let redirectURI = "http://127.0.0.1:8423/callback"

    let simulator: PostHogSimulator
    var token = ""
    var userAgent = "visitor/1"

    /// Starts a simulator, lets `body` visit it with a token, and stops it.
    static func visit(
        scopes: [String] = ["project:read", "hog_function:write"], teams: [Int64] = [12_345],
        _ body: (Visitor) async throws -> Void
    ) async throws {
        let simulator = try await PostHogSimulator.start()
        let grant = simulator.grant(scopes: scopes, teams: teams)
        let token = grant["access_token"]?.string ?? ""
        do {
            try await body(Visitor(simulator: simulator, token: token))
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    func get(_ path: String) async throws -> (status: Int, body: JSONValue) {
        try await call("GET", path)
    }

    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil
    ) async throws -> (status: Int, body: JSONValue) {
        var request = HTTPRequest(method, try address(path))
        request.headers["Authorization"] = "Bearer \(token)"
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = body.encoded()
        }
        let response = try await CurlClient(userAgent: userAgent).send(request)
        return (response.status, JSONValue(decoding: response.body) ?? .null)
    }

    func form(
        _ path: String, _ pairs: [(String, String)]
    ) async throws -> (status: Int, body: JSONValue) {
        let request = HTTPRequest(
            "POST", try address(path),
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Data(FormURLEncoding.encode(pairs).utf8))
        let response = try await CurlClient(userAgent: userAgent).send(request)
        return (response.status, JSONValue(decoding: response.body) ?? .null)
    }

    /// Where the authorize page sends the browser; the parameters of the address by name.
    func authorize(verifier: String, _ more: [(String, String)] = []) async throws -> [String:
        String]
    {
        let challenge = Base64URL.encode(try SHA256.hash(Array(verifier.utf8)))
        let query = [
            ("client_id", ClientDocument.hogsend), ("redirect_uri", Self.redirectURI),
            ("response_type", "code"), ("state", "right"), ("code_challenge", challenge),
            ("code_challenge_method", "S256"), ("required_access_level", "project"),
            ("scope", "project:read hog_function:write nonsense:read"),
        ]
        let path = "/oauth/authorize/?" + FormURLEncoding.encode(query + more)
        let response = try await CurlClient().send(HTTPRequest("GET", try address(path)))
        let location = response.headers["Location"] ?? ""
        let pairs = FormURLEncoding.decode(location.drop { $0 != "?" }.dropFirst()) ?? []
        return Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }
    }

    func exchange(code: String, verifier: String) async throws -> (status: Int, body: JSONValue) {
        try await form(
            "/oauth/token/",
            [
                ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier),
                ("redirect_uri", Self.redirectURI), ("client_id", ClientDocument.hogsend),
            ])
    }

    private func address(_ path: String) throws -> URL {
        guard let url = simulator.origin.appending(rawPath: path) else { throw Lost() }
        return url
    }

    private struct Lost: Error {}
}

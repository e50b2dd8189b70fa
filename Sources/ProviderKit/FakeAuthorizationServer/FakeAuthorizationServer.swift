public import Engine

/// An authorization server on a port of 127.0.0.1 that grants properly and fails as it is told.
///
/// It has metadata (RFC 8414), an authorization endpoint whose user consents at once, a token
/// endpoint that checks PKCE, redirect URI and client and takes a code once, a revocation endpoint,
/// and the device grant (RFC 8628) with an interval of one second. Any client is known to it, and a refresh token works once.
///
/// ```swift
/// let server = try FakeAuthorizationServer.start()
/// defer { server.stop() }
/// server.script.token = [.later(), .changing(["expires_in": "soon"])]
/// // Log in to `server.origin`; `LoopbackBrowser` opens the address that the user would.
/// server.requests(to: "/token").count
/// ```
public final class FakeAuthorizationServer: Sendable {
    private struct State {
        var script: AuthorizationScript
        var requests: [RecordedRequest] = []
        var grants = FakeGrants()
    }

    /// Where it listens, such as `http://127.0.0.1:40000`.
    public let origin: URL
    private let responder: RawResponder
    private let state: Locked<State>

    /// Starts a server on a free port; it runs until it is stopped.
    ///
    /// - Throws: an error that names the port, when none can be listened on.
    public static func start(
        _ script: AuthorizationScript = AuthorizationScript()
    ) throws -> FakeAuthorizationServer {
        let server = try FakeAuthorizationServer(script)
        server.responder.run { server.answer($0) }
        return server
    }

    private init(_ script: AuthorizationScript) throws {
        responder = try RawResponder()
        guard let origin = URL(string: "http://127.0.0.1:\(responder.port)") else {
            throw HTTPClientError.refused(host: "127.0.0.1", reason: "it has no address")
        }
        self.origin = origin
        state = Locked(State(script: script))
    }

    /// Frees the port and breaks off what is still being answered.
    public func stop() { responder.stop() }

    /// What each endpoint does from now on.
    public var script: AuthorizationScript {
        get { state.withLock { $0.script } }
        set { state.withLock { $0.script = newValue } }
    }

    /// Every request so far, in order.
    public var requests: [RecordedRequest] { state.withLock { $0.requests } }

    /// The requests to an endpoint of that name, such as `/token`.
    public func requests(to endpoint: String) -> [RecordedRequest] {
        requests.filter { $0.path.hasSuffix(endpoint) }
    }

    // MARK: Endpoints

    private func answer(_ request: ServerRequest) -> (HTTPResponse, Transmission) {
        let request = RecordedRequest(request)
        return state.withLock { state in
            state.requests.append(request)
            state.grants.mark = state.script.mark
            switch (request.method, request.path) {
            case ("GET", let path) where path.hasPrefix("/.well-known/"):
                let answer = state.script.next(\.metadata)
                return (answer.response { .json(metadata(state.script)) }, answer.transmission)
            case ("GET", let path) where path.hasSuffix("/authorize"):
                return (Self.authorize(request, issuer(state.script), &state), .whole)
            case ("POST", let path) where path.hasSuffix("/token"):
                let answer = state.script.next(\.token)
                let awaits = state.script.awaitsUserCode
                return (
                    answer.response { state.grants.token(request, awaitsUserCode: awaits) },
                    answer.transmission
                )
            case ("POST", let path) where path.hasSuffix("/device_authorization"):
                let answer = state.script.next(\.device)
                let issuer = issuer(state.script)
                return (
                    answer.response { state.grants.device(request, issuer) }, answer.transmission
                )
            case ("GET", let path) where path.hasSuffix("/device"):
                state.grants.enter(request["user_code"] ?? "")
                return (Self.page(200, "Thank you."), .whole)
            case ("POST", let path) where path.hasSuffix("/revoke"):
                let answer = state.script.next(\.revocation)
                return (answer.response { HTTPResponse(status: 200) }, answer.transmission)
            default: return (.json(404, ["error": "not_found"]), .whole)
            }
        }
    }

    private func issuer(_ script: AuthorizationScript) -> String {
        script.issuer ?? origin.absoluteString
    }

    private func metadata(_ script: AuthorizationScript) -> JSONValue {
        let issuer = issuer(script)
        var members: [String: JSONValue] = [
            "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/authorize"),
            "token_endpoint": .string(issuer + "/token"),
            "revocation_endpoint": .string(issuer + "/revoke"),
            "device_authorization_endpoint": .string(issuer + "/device_authorization"),
            "response_types_supported": ["code"],
            "grant_types_supported": [
                "authorization_code", "refresh_token", .string(AuthorizationFlow.device.grantType),
            ],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "client_id_metadata_document_supported": true,
        ]
        members["authorization_response_iss_parameter_supported"] =
            script.sendsIssuer ? true : nil
        return .object(members)
    }

    /// To the redirect URI, if that is on this machine; to a page in any other case.
    private static func authorize(
        _ request: RecordedRequest, _ issuer: String, _ state: inout State
    ) -> HTTPResponse {
        let consent = state.script.consent
        guard let target = request["redirect_uri"].flatMap({ URL(address: $0) }), target.isLoopback
        else { return page(400, "The redirect URI is not on this machine.") }
        var parameters: [(String, String)]
        switch (consent.decision, state.grants.authorize(request)) {
        case (.ignore, _): return page(200, "Nobody is here to consent.")
        case (_, .failure(let refusal)):
            parameters = [("error", refusal.code), ("error_description", refusal.text ?? "")]
        case (.error(let code, let description), _):
            parameters = [("error", code)]
            if let description { parameters.append(("error_description", description)) }
        case (.approve, .success(let code)): parameters = [("code", code)]
        }
        if let text = request["state"] { parameters.append(("state", text)) }
        if state.script.sendsIssuer { parameters.append(("iss", issuer)) }
        let query = FormURLEncoding.encode(consent.apply(to: parameters))
        return HTTPResponse(
            status: 302, headers: ["Location": "\(target.absoluteString)?\(query)"])
    }

    private static func page(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "text/html; charset=utf-8"],
            body: Data("<!doctype html><title>Consent</title><p>\(text)".utf8))
    }
}

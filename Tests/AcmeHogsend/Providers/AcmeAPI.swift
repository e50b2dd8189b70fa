package import Engine

/// Acme's API for both: workspaces with a hook, which is called when it is set and when asked to.
package final class AcmeAPI: HTTPClient {
    package struct State: Sendable {
        /// What a request must carry: a header and its value.
        package var admission: (header: String, value: String)
        package var hook: JSONValue?
        /// Answers in place of the real ones, by `METHOD /path`.
        package var failures: [String: Result<HTTPResponse, HTTPClientError>] = [:]
        package var account: JSONValue = ["plan": "pro"]
        /// How the hook answered, ping for ping.
        package var pings: [Int] = []
        /// `METHOD /path` and what was carried, in order.
        package var requests: [(line: String, carried: String?)] = []
        /// What a ping is signed with, where it is.
        package var signingKey: String?
    }

    package typealias Caller = @Sendable (_ headers: HTTPHeaders, _ body: Data) async -> Int

    package let state: Locked<State>
    private let caller = Locked<Caller?>(nil)

    package init(header: String, value: String) {
        state = Locked(State(admission: (header, value)))
    }

    /// Reaches the hook.
    package func calls(_ caller: @escaping Caller) { self.caller.withLock { $0 = caller } }

    package var lines: [String] { state.withLock { $0.requests.map(\.line) } }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let line = "\(request.method) \(request.url.path())"
        if let failure = state.withLock({ $0.failures[line] }) {
            state.withLock { $0.requests.append((line, nil)) }
            return try failure.get()
        }
        return await answer(line, request.headers, request.body)
    }

    /// As a server does.
    package func respond(to request: ServerRequest) async -> HTTPResponse {
        await answer("\(request.method) \(request.path)", request.headers, request.body)
    }

    private func answer(_ line: String, _ headers: HTTPHeaders, _ body: Data) async -> HTTPResponse
    {
        let (isKnown, account, hook) = state.withLock { state in
            let carried = headers[state.admission.header]
            state.requests.append((line, carried))
            return (carried == state.admission.value, state.account, state.hook)
        }
        guard isKnown else { return .json(401, [:]) }
        if line.hasPrefix("GET /api/account/") { return .json(account) }
        switch line {
        case "GET /api/workspaces":
            return .json([["id": "w1", "name": "One", "hook": hook?["url"] ?? .null]])
        case "PUT /api/workspaces/w1/hook":
            let hook = JSONValue(decoding: body)
            state.withLock { $0.hook = hook?["url"] == .null ? nil : hook }
            if hook?["url"] != .null { await ping() }
            return .json([:])
        case "POST /api/workspaces/w1/test":
            let id = JSONValue(decoding: body)?["id"]?.string ?? ""
            let status = await deliver(
                #"{"id":"\#(id)","type":"tried","user":{"id":"u"},"at":"2026-01-02T03:04:05Z"}"#)
            return .json(["status": .integer(Int64(status))])
        default: return .json(404, [:])
        }
    }

    private func ping() async {
        let status = await deliver(#"{"type":"ping"}"#)
        state.withLock { $0.pings.append(status) }
    }

    /// Calls the hook, signed or with the secret that was set.
    package func deliver(_ body: String, signedWith key: String? = nil) async -> Int {
        let (signingKey, hook) = state.withLock { ($0.signingKey, $0.hook) }
        var headers: HTTPHeaders = [:]
        if let key = key ?? signingKey {
            let code = try? HMACSHA256.code(for: Array(body.utf8), key: Array(key.utf8))
            headers[KeyedAcme.signatureHeader] = "sha256=\(Hex.encode(code ?? []))"
        } else {
            headers["X-Acme-Secret"] = hook?["secret"]?.string
        }
        guard let caller = caller.withLock({ $0 }) else { return 0 }
        return await caller(headers, Data(body.utf8))
    }
}

import Engine

/// Requests to the loopback receiver, one after another, separated by empty lines:
/// `METHOD target`, then `Name: value` lines.
enum CallbackTarget {
    private static let authority = "127.0.0.1:8423"
    private static let path = "/callback"
    private static let state = "fuzz-state-0123"
    private static let issuer = "https://as.example"

    static func run(_ input: [UInt8]) async throws {
        let text = String(decoding: input, as: UTF8.self)
        try showing(text)
        let strays = Locked<[LoopbackReceiver.Stray]>([])
        let callback = LoopbackCallback(
            authority: authority, path: path, state: Secret(state)
        ) { stray in strays.withLock { $0.append(stray) } }
        // The browser is not kept waiting.
        callback.outcome.settle(BrowserPage(title: "The end", text: "of the login"))
        var taken: AuthorizationResponse?
        var hasStray = false
        for request in requests(text) {
            strays.withLock { $0 = [] }
            let response = await callback.respond(to: request)
            let expected = expectedStatus(request)
            try require(
                response.status == expected,
                "\(request.method) \(request.target) is answered \(expected)")
            let told = strays.withLock { $0 }
            try require(
                told == expectedStrays(request, expected), "a stray is told, and nothing else is")
            hasStray = hasStray || told == [.state]
            try check(response)
            if expected == 200, taken == nil {
                taken = AuthorizationResponse(request.query ?? [])
            }
        }
        try require(callback.hasSeenStray == hasStray, "a stray is remembered")
        try await settling(callback, taken)
    }

    private static func requests(_ text: String) -> [ServerRequest] {
        let blocks = text.split(separator: "\n\n", maxSplits: 8)
        return blocks.map { block in
            let lines = block.split(separator: "\n")
            let words = (lines.first ?? "").split(separator: " ", maxSplits: 1).map(String.init)
            var headers: HTTPHeaders = [:]
            for line in lines.dropFirst() {
                let name = line.prefix { $0 != ":" }
                headers.append(
                    String(name), line.dropFirst(name.count + 1).trimmingWhitespace())
            }
            return ServerRequest(
                method: words.first ?? "", target: words.count == 2 ? words[1] : "",
                headers: headers)
        }
    }

    /// The receiver's rules once more, on bytes.
    private static func expectedStatus(_ request: ServerRequest) -> Int {
        let hosts = request.headers.fields.filter { $0.name.lowercased().isSame(as: "host") }
        guard hosts.count == 1, hosts[0].value.isSame(as: authority) else { return 421 }
        let parts = request.target.utf8.split(
            separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.first?.elementsEqual(path.utf8) == true else { return 404 }
        if request.method.isSame(as: "OPTIONS") { return 204 }
        guard request.method.isSame(as: "GET") else { return 405 }
        return hasState(request) ? 200 : 400
    }

    private static func expectedStrays(
        _ request: ServerRequest, _ status: Int
    ) -> [LoopbackReceiver.Stray] {
        switch status {
        case 400: [.state]
        case 404 where hasState(request): [.path]
        default: []
        }
    }

    private static func hasState(_ request: ServerRequest) -> Bool {
        let query = request.target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        let pairs = FormURLEncoding.decode(String(decoding: query, as: UTF8.self))
        let states = pairs?.filter { $0.name.isSame(as: "state") }
        return states?.count == 1 && states?[0].value.isSame(as: state) == true
    }

    private static func check(_ response: HTTPResponse) throws {
        try require(
            response.headers["Cache-Control"] == "no-store"
                && response.headers["Referrer-Policy"] == "no-referrer",
            "no answer is kept or tells where it came from")
        let body = String(decoding: response.body, as: UTF8.self)
        try require(!body.contains(state), "no answer holds the state")
    }

    /// The first right request settles, and only one with the right state.
    private static func settling(
        _ callback: LoopbackCallback, _ taken: AuthorizationResponse?
    ) async throws {
        guard let taken else {
            let isFree = callback.response.settle(AuthorizationResponse([]))
            return try require(isFree, "nothing but a right callback settles")
        }
        let settled = await callback.response.value
        try require(
            "\(describe(settled))".isSame(as: describe(taken)), "the first right callback counts")
        try judging(settled)
    }

    private static func describe(_ response: AuthorizationResponse) -> String {
        let result =
            if case .code(let code) = response.result { "code \(code.reveal())" } else {
                "\(response.result)"
            }
        return "\(result) from \(response.issuer ?? "nobody")"
    }

    /// A code counts only from the issuer that was asked.
    private static func judging(_ response: AuthorizationResponse) throws {
        for sendsIssuer in [true, false] {
            let server = try AuthorizationServerMetadata(
                [
                    "issuer": .string(issuer), "authorization_endpoint": "https://as.example/a",
                    "token_endpoint": "https://as.example/t",
                    "code_challenge_methods_supported": ["S256"],
                    "authorization_response_iss_parameter_supported": .bool(sendsIssuer),
                ], issuer: issuer, endpointHosts: [])
            let request = try AuthorizationRequest(
                server: server, clientID: "c", redirectURI: "http://\(authority)\(path)",
                scopes: [], state: Secret(state), parameters: [:])
            guard (try? request.code(in: response)) != nil else { continue }
            let found = response.issuer
            try require(
                found?.isSame(as: issuer) ?? !sendsIssuer, "a code is the asked issuer's")
        }
    }

    /// Nothing that is shown in the browser becomes markup.
    private static func showing(_ text: String) throws {
        let plain = String(decoding: BrowserPage(title: "", text: "").response.body, as: UTF8.self)
        let page = BrowserPage(title: text, text: text).response
        let html = String(decoding: page.body, as: UTF8.self)
        for mark in "<>\"'".unicodeScalars {
            try require(
                html.unicodeScalars.count { $0 == mark }
                    == plain.unicodeScalars.count { $0 == mark },
                "a text brings no '\(mark)' into a page")
        }
        try require(
            html.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "a page has no control characters")
    }
}

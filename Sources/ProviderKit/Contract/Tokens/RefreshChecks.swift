import Engine

/// How a token is renewed (RFC 6749 §6).
enum RefreshChecks {
    static let all: [ContractCheck] = answers + refusals + sharing

    static func check(
        _ id: String, _ claim: String, _ lines: [String] = [], isUsedUp: Bool = true,
        client: any HTTPClient = CurlClient(),
        _ body: @escaping @Sendable (RefreshBench) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("refresh.\(id)", claim, lines: lines) { subject in
            try await RefreshBench.open(subject, isUsedUp: isUsedUp, client: client) {
                try await body($0)
            }
        }.only(.code, .device)
    }

    private static let answers: [ContractCheck] = [
        check("rotation", "a new refresh token replaces the old one", ["9700-4", "6749-8"]) {
            bench in
            _ = try await bench.renewed()
            let stored = await bench.desk.grant()?.refreshToken
            try demand(stored != nil && stored != bench.before.refreshToken, "the old one stays")
            bench.desk.pass(7200)
            _ = try await bench.renewed()
            let sent = bench.refreshes.compactMap { $0["refresh_token"] }
            try demand(Set(sent).count == 2, "the used one was sent again")
        },
        check("no-rotation", "without a new refresh token the old one stays", ["6749-8"]) {
            bench in
            bench.server.script.token = [.changing(["refresh_token": nil])]
            _ = try await bench.renewed()
            let stored = await bench.desk.grant()?.refreshToken
            try demand(stored == bench.before.refreshToken, "it is lost")
        },
        check(
            "form", "a refresh sends the token in the body, without a secret or a scope",
            [
                "9700-15", "8252-7",
            ]
        ) { bench in
            _ = try await bench.renewed()
            let request = try demand(bench.refreshes.first, "none was sent")
            try demand(request.query.isEmpty, "its address has a query")
            try demand(request["client_secret"] == nil, "it has a client secret")
            try demand(request.headers["Authorization"] == nil, "it has a credential")
            try demand(request["scope"] == nil, "it asks for a scope")
            try demand(request["client_id"] == bench.before.clientID, "it is another client's")
        },
        check("scope-narrowed", "scopes that a refresh takes away are gone", ["9700-15"]) {
            bench in
            guard let first = bench.before.scopes.first else {
                throw NotApplicable("it asks for no scope")
            }
            bench.server.script.token = [.changing(["scope": .string(first.rawValue)])]
            _ = try await bench.renewed()
            let scopes = await bench.desk.grant()?.scopes
            try demand(scopes == [first], "they are still stored")
        },
        check("scope-wider", "no refresh brings a scope that was not granted", ["9700-15"]) {
            bench in
            let text = (bench.before.scopes + ["contract:more"]).joined
            bench.server.script.token = [.changing(["scope": .string(text)])]
            _ = try await bench.renewed()
            let scopes = await bench.desk.grant()?.scopes ?? []
            guard !bench.before.scopes.isEmpty else { throw NotApplicable("it asks for none") }
            try demand(Set(scopes) == Set(bench.before.scopes), "it is stored")
        },
        check("unknown-life", "a token without a life is used and stored") { bench in
            bench.server.script.token = [.changing(["expires_in": -5])]
            let grant = try await bench.renewed()
            try demand(grant.expiresAt == nil, "it has one")
        },
        check("fresh", "a token that lives is not renewed", isUsedUp: false) { bench in
            let grant = try? await bench.ask().get()
            try demand(grant?.accessToken == bench.before.accessToken, "another is given out")
            try demand(bench.refreshes.isEmpty, "a refresh was sent")
        },
        check("stored-first", "a new token is stored before anybody gets it", ["9700-4"]) { bench in
            let given = try await bench.renewed()
            let stored = await bench.desk.grant()
            try demand(stored?.accessToken == given.accessToken, "another one is stored")
        },
    ]

    private static let refusals: [ContractCheck] = [
        check("invalid-grant", "a refresh token that is refused asks for a new login, once") {
            bench in
            bench.server.script.token = [.error("invalid_grant")]
            for _ in 0..<2 {
                guard case .failure(.needsReconnect) = await bench.ask() else {
                    throw Broken("it does not")
                }
            }
            try demand(bench.refreshes.count == 1, "it was sent \(bench.refreshes.count) times")
        },
        check("unavailable", "a server that is busy is asked again later, not at once") { bench in
            bench.server.script.token = [.later(503, retryAfter: "30"), .proper]
            guard case .failure(.unavailable) = await bench.ask() else {
                throw Broken("the failure is another")
            }
            _ = await bench.ask()
            try demand(bench.refreshes.count == 1, "it is asked at once")
            bench.desk.pass(31)
            _ = try await bench.renewed()
        },
        check(
            "endpoint-gone", "an endpoint that is gone is looked for at the issuer, once",
            [
                "8414-11"
            ]
        ) { bench in
            let moved = bench.server.origin.absoluteString + "/moved/token"
            bench.server.script.metadata = [.changing(["token_endpoint": .string(moved)])]
            bench.server.script.token = [.page(status: 404), .proper]
            _ = try await bench.renewed()
            let reads = bench.server.requests.filter { $0.path.hasPrefix("/.well-known/") }
            try demand(reads.count == 1, "metadata was read \(reads.count) times")
            let endpoint = await bench.desk.grant()?.tokenEndpoint.absoluteString
            try demand(endpoint == moved, "the new one is not kept")
        },
        check("html", "a web page ends no grant") { bench in
            bench.server.script.token = [.page(status: 400)]
            guard case .failure(.unavailable) = await bench.ask() else {
                throw Broken("the failure is another")
            }
        },
        check("redirect", "a redirect is not followed with a refresh token", ["9700-14"]) { bench in
            bench.server.script.token = [
                .redirect(307, to: bench.server.origin.absoluteString + "/elsewhere/token")
            ]
            guard case .failure = await bench.ask() else { throw Broken("there is a token") }
            try demand(
                bench.server.requests.allSatisfy { !$0.path.contains("elsewhere") }, "it is")
        },
        check("echo", "a server that repeats the refresh token does not show it") { bench in
            let token = try demand(bench.before.refreshToken, "there is none").reveal()
            bench.server.script.token = [.error("invalid_grant", description: "not \(token)!")]
            guard case .failure(let error) = await bench.ask() else {
                throw Broken("there is a token")
            }
            let said = "\(error.description) \(error)" + bench.desk.said.withLock { $0 }
            try demand(!said.contains(token), "the error or the log holds it")
        },
    ]

    private static let sharing: [ContractCheck] = [
        check("callers", "many callers send one refresh, and all get its token", ["9700-4"]) {
            bench in
            let tokens = await withTaskGroup(of: Secret?.self) { group in
                for _ in 0..<16 {
                    group.addTask { try? await bench.ask().get().accessToken }
                }
                return await group.reduce(into: [Secret?]()) { $0.append($1) }
            }
            let first = try demand(tokens.first ?? nil, "there is no token")
            try demand(tokens.allSatisfy { $0 == first }, "they got several")
            try demand(bench.refreshes.count == 1, "\(bench.refreshes.count) were sent")
        },
        check("instances", "two instances on one database send one refresh", ["9700-4"]) { bench in
            let other = try bench.desk.restarted()
            async let one = bench.ask()
            async let two = bench.ask(other)
            let tokens = await [try? one.get().accessToken, try? two.get().accessToken]
            try demand(tokens[0] != nil && tokens[0] == tokens[1], "they hold different tokens")
            try demand(bench.refreshes.count == 1, "\(bench.refreshes.count) were sent")
        },
        check("restart", "a renewed token outlives the instance") { bench in
            let given = try await bench.renewed()
            let later = try? await bench.ask(try bench.desk.restarted()).get()
            try demand(later?.accessToken == given.accessToken, "another is given out")
            try demand(bench.refreshes.count == 1, "it was renewed again")
        },
    ]
}

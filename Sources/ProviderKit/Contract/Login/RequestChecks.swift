import Engine

/// The authorization request and the token request, as a server sees them.
enum RequestChecks {
    private static func seen(
        _ id: String, _ claim: String, _ lines: [String],
        _ examine:
            @escaping @Sendable (
                _ asked: RecordedRequest, _ exchange: RecordedRequest, _ bench: LoginBench
            ) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("oauth.\(id)", claim, lines: lines) { subject in
            try await LoginBench.open(subject) { bench in
                _ = try await bench.connected()
                let asked = try demand(bench.authorizations.first, "nobody was asked")
                let exchange = try demand(bench.exchanges.first, "nothing was exchanged")
                try await examine(asked, exchange, bench)
            }
        }.only(.code)
    }

    static let all: [ContractCheck] = [
        seen(
            "request.pkce", "each request carries an S256 challenge",
            [
                "7636-3", "7636-5", "8252-1", "9700-3",
            ]
        ) { asked, _, _ in
            try demand(asked["code_challenge_method"] == "S256", "the method is another")
            let length = asked["code_challenge"]?.utf8.count
            try demand(length == 43, "the challenge has \(length ?? 0) characters, not 43")
        },
        seen("request.code", "a code is asked for, and nothing else", ["9700-6"]) { asked, _, _ in
            try demand(asked["response_type"] == "code", "something else is")
        },
        seen("request.scopes", "the declared scopes are asked for, and no other", ["9700-5"]) {
            asked, _, bench in
            let scopes = (asked["scope"] ?? "").split(separator: " ").map(String.init)
            try demand(scopes == bench.provider.scopes.map(\.rawValue), "\(scopes) are")
        },
        seen(
            "request.redirect", "the redirect URI is a loopback address with the bound port",
            [
                "8252-2", "8252-6",
            ]
        ) { asked, _, bench in
            let text = asked["redirect_uri"] ?? ""
            let url = try demand(URL(string: text), "'\(text)' is none")
            let names =
                bench.provider.redirectHost == .localhost ? ["localhost"] : ["127.0.0.1", "::1"]
            try demand(
                url.scheme == "http" && names.contains(url.host() ?? "") && url.port != nil
                    && url.path() == bench.provider.callbackPath, "'\(text)' is not")
        },
        seen(
            "request.parameters", "the provider's parameters are there, each name once",
            [
                "6749-1"
            ]
        ) { asked, _, bench in
            try DeclarationChecks.unique(asked.names, "parameter")
            for (name, value) in bench.provider.authorizationParameters {
                try demand(asked[name] == value, "'\(name)' is not '\(value)'")
            }
        },
        seen("request.no-secret", "no client secret is sent anywhere", ["8252-7"]) {
            _, _, bench in
            for request in bench.server.requests {
                try demand(request["client_secret"] == nil, "one is in a form")
                try demand(request.headers["Authorization"] == nil, "a header carries one")
            }
        },
        seen("exchange.form", "the exchange says what the request said", ["8252-2", "9700-1"]) {
            asked, exchange, _ in
            for name in ["redirect_uri", "client_id"] {
                try demand(exchange.values(for: name) == [asked[name]], "'\(name)' differs")
            }
            try demand(exchange["grant_type"] == "authorization_code", "it is another grant")
            try demand(exchange.query.isEmpty, "its address has a query")
        },
        seen(
            "exchange.verifier", "the exchange carries the verifier of its challenge",
            [
                "7636-1", "7636-4", "7636-6",
            ]
        ) { asked, exchange, _ in
            let verifier = try demand(exchange["code_verifier"], "it carries none")
            try demand((43...128).contains(verifier.utf8.count), "it has another length")
            let challenge = S256.challenge(of: verifier)
            try demand(challenge == asked["code_challenge"], "it belongs to another challenge")
        },
        seen("exchange.verifier.hidden", "the verifier is in no address", ["9700-6"]) {
            _, exchange, bench in
            let verifier = exchange["code_verifier"] ?? ""
            try demand(
                bench.server.requests.allSatisfy { !$0.query.contains(verifier) }, "one has it")
        },
        fresh,
        ContractCheck(
            "oauth.request.pkce.vector", "a challenge is what RFC 7636 makes of a verifier",
            lines: ["7636-3"]
        ) { _ in
            // Appendix B.
            let pkce = try PKCE(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
            let wanted = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            try demand(pkce.challenge == wanted, "it is '\(pkce.challenge)'")
            let served = S256.challenge(of: pkce.verifier.reveal())
            try demand(served == wanted, "the server of these checks computes another")
        }.only(.code),
    ]

    private static let fresh = ContractCheck(
        "oauth.request.fresh", "each login has a state, a challenge and a verifier of its own",
        lines: ["7636-1", "7636-2"]
    ) { subject in
        try await LoginBench.open(subject) { bench in
            _ = try await bench.connected()
            _ = try await bench.connected()
            for name in ["state", "code_challenge"] {
                let values = bench.authorizations.compactMap { $0[name] }
                try demand(Set(values).count == 2, "'\(name)' is there again")
                try demand(values.allSatisfy { $0.utf8.count >= 43 }, "'\(name)' is short")
            }
            try demand(
                Set(bench.exchanges.compactMap { $0["code_verifier"] }).count == 2,
                "the verifier is there again")
        }
    }.only(.code)
}

import Engine

/// What the token endpoint may answer to a code.
enum ExchangeChecks {
    static let all: [ContractCheck] =
        (refusals + documents + redirects + transmissions + patience).map(\.check) + [hidden]

    private static func spoilt(
        _ id: String, _ claim: String, _ lines: [String], isSlow: Bool = false,
        _ answer: @escaping @Sendable (_ origin: String) -> EndpointAnswer
    ) -> LoginCase {
        LoginCase(
            "oauth.exchange.\(id)", "\(claim) ends the login, and the code is sent once", lines,
            .refused("exchange_failed"), until: .exchange, isSlow: isSlow
        ) { script, origin in script.token = [answer(origin), .proper] }
    }

    private static let refusals: [LoginCase] = [
        spoilt("invalid-grant", "'invalid_grant'", ["7636-10", "6749-7"]) { _ in
            .error("invalid_grant")
        },
        spoilt("invalid-client", "'invalid_client' with 401", ["6749-7"]) { _ in
            .error("invalid_client", status: 401)
        },
        spoilt("error-with-200", "an error with status 200", ["6749-7"]) { _ in
            .error("invalid_request", status: 200)
        },
        // Servers were seen to add the error to an answer with a token.
        spoilt("error-beside-token", "an error beside a token", ["6749-7"]) { _ in
            .changing(["error": "server_error"])
        },
        spoilt("500", "a failure of the server", ["6749-7", "6749-9"]) { _ in
            .page(status: 500)
        },
    ]

    private static let documents: [LoginCase] = [
        spoilt("html", "a web page", ["6749-7"]) { _ in .page() },
        spoilt("html-400", "a web page with 400", ["6749-7"]) { _ in .page(status: 400) },
        spoilt("empty", "an empty answer", ["6749-7"]) { _ in .proper.body("") },
        spoilt("form-encoded", "an answer in a form's letters", ["6749-7"]) { _ in
            .proper.body("access_token=a&token_type=bearer")
        },
        spoilt("201", "a status that is not 200", ["6749-7"]) { _ in .proper.status(201) },
        spoilt("no-token", "an answer without an access token", ["6749-7"]) { _ in
            .changing(["access_token": nil])
        },
        spoilt("token-number", "an access token that is a number", ["6749-7"]) { _ in
            .changing(["access_token": 7])
        },
        spoilt("token-header", "an access token that would break a header", ["6750-1"]) { _ in
            .changing(["access_token": "a\r\nX: y"])
        },
        spoilt("type-other", "a token of another type", ["6749-4"]) { _ in
            .changing(["token_type": "mac"])
        },
        spoilt("type-missing", "a token without a type", ["6749-4"]) { _ in
            .changing(["token_type": nil])
        },
    ]

    private static let redirects: [LoginCase] = [301, 302, 307, 308].map { status in
        spoilt("redirect-\(status)", "a redirect with \(status)", ["9700-14", "9700-12"]) {
            .redirect(status, to: $0 + "/elsewhere/token")
        }
    }

    private static let transmissions: [LoginCase] = [
        spoilt("oversize", "an answer above 256 KiB", ["6749-7"]) { _ in
            .oversized(by: 300_000)
        },
        spoilt("dripping", "an answer that drips", ["6749-9"], isSlow: true) { _ in
            .proper.delivered(.dripping(every: .milliseconds(20)))
        },
        spoilt("silent", "no answer", ["6749-9"], isSlow: true) { _ in
            .proper.delivered(.silent)
        },
        spoilt("cut-off", "an answer that is cut off", ["6749-9"]) { _ in
            .proper.delivered(.cutOff(.inBody))
        },
        spoilt("cut-off-headers", "an answer without all its headers", ["6749-9"]) { _ in
            .proper.delivered(.cutOff(.inHeaders))
        },
        spoilt("later-cut-off", "a request to come back later that is cut off", ["6749-9"]) { _ in
            .later().delivered(.cutOff(.inBody))
        },
    ]

    private static let patience: [LoginCase] = [429, 503].map { status in
        LoginCase(
            "oauth.exchange.later-\(status)",
            "a complete \(status) is obeyed with the same code", ["6749-9"], .connected,
            until: .exchange, exchanges: 2
        ) { script, _ in script.token = [.later(status, retryAfter: "0"), .proper] }
    }

    private static let hidden = ContractCheck(
        "oauth.exchange.echo", "a server that repeats the code and the verifier shows neither",
        lines: ["7636-6", "6749-3"]
    ) { subject in
        try await LoginBench.open(subject, { $0.mark = "hunter2" }) { bench in
            bench.server.script.token = [
                .error("invalid_grant", description: "the code code-1hunter2 was used")
            ]
            let text = await bench.connect().refusal?.description ?? ""
            try demand(text.contains("invalid_grant"), "it says '\(text)'")
            try demand(!text.contains("hunter2"), "it shows the code")
        }
    }.only(.code)
}

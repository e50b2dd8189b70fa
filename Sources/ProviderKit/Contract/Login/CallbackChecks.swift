import Engine

/// What comes back to this machine: the state, the code, the errors.
enum CallbackChecks {
    static let all: [ContractCheck] =
        (states + contradictions + errors).map(\.check) + CallbackVisits.all

    private static func answer(
        _ id: String, _ claim: String, _ lines: [String], _ verdict: String,
        _ consent: ConsentAnswer
    ) -> LoginCase {
        LoginCase("oauth.\(id)", claim, lines, .refused(verdict), until: .consent) { script, _ in
            script.consent = consent
        }
    }

    private static let states: [LoginCase] = [
        ("wrong", "a wrong state", ConsentAnswer.approve.setting("state", to: "wrong")),
        ("missing", "a missing state", .approve.removing("state")),
        ("empty", "an empty state", .approve.setting("state", to: "")),
        ("doubled", "a doubled state", .approve.doubling("state")),
        ("doubled-other", "a state beside another", .approve.doubling("state", with: "wrong")),
        ("error-without", "an error without a state", .deny.removing("state")),
        (
            "error-wrong", "an error with a wrong state",
            .error("server_error").setting("state", to: "wrong")
        ),
    ].map { id, name, consent in
        answer(
            "state.\(id)", "\(name) settles nothing, and is told", ["8252-8"],
            "state_mismatch", consent)
    }

    private static let contradictions: [LoginCase] = [
        ("both", "a code beside an error", ConsentAnswer.approve.setting("error", to: "x")),
        ("neither", "an answer with neither code nor error", .approve.removing("code")),
        ("code-empty", "an empty code", .approve.setting("code", to: "")),
        ("code-doubled", "a doubled code", .approve.doubling("code")),
        ("code-doubled-other", "a code beside another", .approve.doubling("code", with: "other")),
        ("error-doubled", "a doubled error", .deny.doubling("error")),
    ].map { id, name, consent in
        answer(
            "callback.\(id)", "\(name) ends the login before the exchange", ["6749-1"],
            "authorization_failed", consent)
    }

    private static let errors: [LoginCase] =
        [
            "server_error", "temporarily_unavailable", "invalid_scope", "unauthorized_client",
            "who_knows",
        ].map { code in
            answer(
                "error.\(code)", "the error '\(code)' ends the login under its name",
                ["6749-2"], "authorization_failed", .error(code))
        } + [
            answer(
                "error.access_denied", "a consent that is not given says so", ["6749-2"],
                "consent_denied", .deny),
            answer(
                "error.transform", "a server without S256 gets no weaker request",
                ["7636-7", "7636-8"], "authorization_failed",
                .error("invalid_request", description: "transform algorithm not supported")),
        ]
}

/// Callbacks that no authorization server sends: of other pages, of strangers, too late or twice.
enum CallbackVisits {
    static let all: [ContractCheck] = [
        visit(
            "state.right-after-wrong", "the right state still counts after a wrong one",
            ["8252-8"]
        ) { bench in
            let (server, browse) = (bench.server, bench.browse)
            let result = await bench.connect { url in
                server.script.consent = .approve.setting("state", to: "wrong")
                await browse(url)
                server.script.consent = .approve
                await browse(url)
            }
            try demand(result.verdict == "connected", "it ended with '\(result.verdict)'")
            try demand(bench.exchanges.count == 1, "more than one code was exchanged")
        },
        visit(
            "state.late", "a callback that comes when the wait is over is not exchanged",
            ["8252-5"]
        ) { bench in
            let callback = Locked<URL?>(nil)
            let result = await bench.connect(timeout: .milliseconds(300)) { url in
                let target = try? await LoopbackBrowser().redirect(from: url)
                callback.withLock { $0 = target }
            }
            try demand(result.verdict == "callback_timeout", "it ended with '\(result.verdict)'")
            let url = try demand(callback.withLock { $0 }, "the server sent nobody back")
            let late = try? await CurlClient().send(HTTPRequest("GET", url, timeout: .seconds(2)))
            try demand(late == nil, "the port still answers")
            try demand(bench.exchanges.isEmpty, "it was exchanged")
        },
        visit("callback.once", "one state brings one exchange", ["9700-8"]) { bench in
            let browse = bench.browse
            let result = await bench.connect { url in
                async let first: Void = browse(url)
                async let second: Void = browse(url)
                _ = await (first, second)
            }
            try demand(result.verdict == "connected", "it ended with '\(result.verdict)'")
            try demand(bench.exchanges.count == 1, "there were \(bench.exchanges.count)")
        },
        stranger(
            "callback.foreign-host", "a request for another host settles nothing",
            ["8252-12"]
        ) { $0.headers["Host"] = "evil.example" },
        stranger("callback.post", "a POST settles nothing", ["8252-13"]) { $0.method = "POST" },
        stranger("callback.head", "a HEAD settles nothing", ["8252-13"]) { $0.method = "HEAD" },
        stranger(
            "callback.other-path", "an answer at another path settles nothing",
            ["8252-9", "9700-2"]
        ) { request in
            let text = request.url.absoluteString
            let path = request.url.path(percentEncoded: true)
            request.url = URL(string: text.replacing(path, with: path + "/other")) ?? request.url
        },
        visit(
            "callback.page", "the page loads nothing, sends nobody on, and hides its address",
            ["9700-8", "9700-9", "9700-13", "9700-14"]
        ) { bench in
            _ = await bench.connect()
            let page = try demand(bench.shown.last, "no page was shown")
            let policy = page.headers["Referrer-Policy"] ?? ""
            try demand(policy == "no-referrer", "its referrer policy is '\(policy)'")
            try demand(page.headers["Cache-Control"] == "no-store", "it may be kept")
            try demand(page.headers["Location"] == nil && page.status == 200, "it sends on")
            let text = String(decoding: page.body, as: UTF8.self)
            try demand(text.contains("replaceState"), "the code stays in the address bar")
            try demand(!text.contains("src=") && !text.contains("href="), "it loads something")
        },
        visit(
            "error.words", "a stranger's words are cleaned, short and marked as its own",
            ["6749-3"]
        ) { bench in
            bench.server.script.consent = .error(
                "server_error",
                description: "\u{1B}[2J\u{202E}" + String(repeating: "long ", count: 200))
            let text = await bench.connect().refusal?.description ?? ""
            try demand(text.contains("in its words"), "'\(text)' does not mark them")
            try demand(!text.contains("\u{1B}") && !text.contains("\u{202E}"), "they act")
            try demand(text.count < 400, "they have \(text.count) characters")
        },
        visit(
            "callback.injected", "a code of another session does not pass",
            ["7636-10", "9700-11"]
        ) { bench in
            let stolen = Locked<String?>(nil)
            _ = await bench.connect(timeout: .milliseconds(300)) { url in
                let target = try? await LoopbackBrowser().redirect(from: url)
                let query = FormURLEncoding.decode(target?.query(percentEncoded: true) ?? "")
                stolen.withLock { $0 = query?.first { $0.name == "code" }?.value }
            }
            let code = try demand(stolen.withLock { $0 }, "the server sent no code")
            bench.server.script.consent = .approve.setting("code", to: code)
            let result = await bench.connect()
            try demand(result.verdict == "exchange_failed", "it ended with '\(result.verdict)'")
            try demand(bench.exchanges.count == 1, "the code was tried again")
        },
    ]

    private static func visit(
        _ id: String, _ claim: String, _ lines: [String],
        _ body: @escaping @Sendable (LoginBench) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("oauth.\(id)", claim, lines: lines) { subject in
            try await LoginBench.open(subject) { try await body($0) }
        }.only(.code)
    }

    /// The right callback, changed in one thing, which must not settle the login.
    private static func stranger(
        _ id: String, _ claim: String, _ lines: [String],
        _ change: @escaping @Sendable (inout HTTPRequest) -> Void
    ) -> ContractCheck {
        visit(id, claim, lines) { bench in
            let result = await bench.connect(timeout: .milliseconds(500)) { url in
                guard let target = try? await LoopbackBrowser().redirect(from: url) else { return }
                var request = HTTPRequest("GET", target, timeout: .seconds(2))
                change(&request)
                _ = try? await CurlClient().send(request)
            }
            try demand(
                result.verdict == "callback_timeout", "it ended with '\(result.verdict)'")
            try demand(bench.exchanges.isEmpty, "its code was exchanged")
        }
    }
}

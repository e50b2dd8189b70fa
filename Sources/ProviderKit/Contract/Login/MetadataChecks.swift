import Engine

/// What an authorization server says of itself (RFC 8414), and how it may get that wrong.
enum MetadataChecks {
    static let all: [ContractCheck] =
        (issuers + documents + transmissions + endpoints).map(\.check) + [
            place, path, once, open, document,
        ]

    private static func spoilt(
        _ id: String, _ claim: String, _ lines: [String], _ ending: LoginCase.Ending,
        isSlow: Bool = false, _ answer: @escaping @Sendable (_ origin: String) -> EndpointAnswer
    ) -> LoginCase {
        LoginCase(
            "oauth.metadata.\(id)", claim, lines, ending, until: .metadata, isSlow: isSlow
        ) { script, origin in script.metadata = [answer(origin), .proper] }
    }

    private static let issuers: [LoginCase] =
        [
            ("other-host", "https://other.example"), ("other-path", "ORIGIN/other"),
            ("case", "HTTP://127.0.0.1:PORT"), ("encoded", "http:%2F%2F127.0.0.1:PORT"),
            ("two-slashes", "ORIGIN//"), ("query", "ORIGIN?"), ("fragment", "ORIGIN#"),
            ("empty", ""),
        ].map { name, text in
            spoilt(
                "issuer.\(name)", "an issuer in another spelling (\(name)) is refused", ["8414-3"],
                .refused(name == "empty" ? "discovery_failed" : "issuer_mismatch")
            ) { origin in
                let port = origin.split(separator: ":").last ?? ""
                let issuer = text.replacing("ORIGIN", with: origin).replacing("PORT", with: port)
                return .changing(["issuer": .string(issuer)])
            }
        } + [
            spoilt(
                "issuer.missing", "metadata without an issuer is refused", ["8414-6"],
                .refused("discovery_failed")
            ) { _ in .changing(["issuer": nil]) },
            spoilt(
                "issuer.list", "an issuer that is a list is refused", ["8414-6"],
                .refused("discovery_failed")
            ) { .changing(["issuer": [.string($0)]]) },
            LoginCase(
                "oauth.metadata.issuer.slash", "the slash of an empty path is tolerated",
                ["8414-3"], .connected, until: .exchange
            ) { script, origin in
                script.sendsIssuer = false
                script.metadata = [.changing(["issuer": .string(origin + "/")])]
            },
        ]

    private static let documents: [LoginCase] = [
        spoilt("html", "a web page is no metadata", ["8414-4"], .page) { _ in .page() },
        spoilt("404", "404 means no OAuth server", ["8414-4"], .refused("oauth_unsupported")) {
            _ in .page(status: 404)
        },
        spoilt("410", "410 means no OAuth server", ["8414-4"], .refused("oauth_unsupported")) {
            _ in .document([:], status: 410)
        },
        spoilt(
            "503", "a server that is away is no server without OAuth", ["8414-4"],
            .refused("discovery_failed")
        ) { _ in .later(503) },
        spoilt(
            "error", "an error with status 200 is no metadata", ["8414-4"],
            .refused("discovery_failed")
        ) { _ in .document(["error": "server_error"]) },
        spoilt(
            "type", "metadata comes as application/json", ["8414-4"],
            .refused("discovery_failed")
        ) { _ in .proper.header("Content-Type", "text/plain") },
        spoilt(
            "array", "metadata is a JSON object", ["8414-4"],
            .refused("discovery_failed")
        ) { _ in .document(["issuer"]) },
        spoilt(
            "broken", "half a document is none", ["8414-4"],
            .refused("discovery_failed")
        ) { _ in .proper.body(#"{"issuer":"#) },
        spoilt("redirect", "a redirect is not followed", ["8414-4"], .page) {
            .redirect(302, to: $0 + "/elsewhere")
        },
        spoilt(
            "redirect.307", "a redirect that keeps the method is not followed", ["8414-4"],
            .page
        ) { .redirect(307, to: $0 + "/elsewhere") },
        LoginCase(
            "oauth.metadata.unknown", "members that nobody knows are passed over",
            ["8414-6"], .connected, until: .exchange
        ) { script, _ in
            script.metadata = [.changing(["x": [1, nil, ["y": [:]]], "scopes_supported": 7])]
        },
    ]

    private static let transmissions: [LoginCase] = [
        spoilt(
            "oversize", "metadata above 256 KiB is given up", ["8414-9"],
            .refused("discovery_failed")
        ) { _ in .oversized(by: 256 << 10) },
        spoilt(
            "dripping", "metadata that drips is given up", ["8414-9"],
            .refused("discovery_failed"), isSlow: true
        ) {
            _ in .proper.delivered(.dripping(every: .milliseconds(20)))
        },
        spoilt(
            "silent", "a server that says nothing is given up", ["8414-9"],
            .refused("discovery_failed"), isSlow: true
        ) { _ in .proper.delivered(.silent) },
        spoilt(
            "cut-off", "metadata that is cut off is not used", ["8414-9"],
            .refused("discovery_failed")
        ) { _ in .proper.delivered(.cutOff(.inBody)) },
    ]

    private static let endpoints: [LoginCase] = [
        ("pkce.missing", "code_challenge_methods_supported", nil, ["7636-9", "8414-5"]),
        ("pkce.other", "code_challenge_methods_supported", ["S512"], ["7636-9"]),
        ("pkce.text", "code_challenge_methods_supported", "S256", ["8414-6"]),
        ("pkce.empty", "code_challenge_methods_supported", [], ["8414-6"]),
        ("response-types", "response_types_supported", ["token"], ["8414-5"]),
        ("grant-types", "grant_types_supported", ["implicit"], ["8414-5"]),
        ("endpoint.elsewhere", "token_endpoint", "https://elsewhere.example/token", ["8414-8"]),
        (
            "endpoint.authorize-elsewhere", "authorization_endpoint", "https://elsewhere.example/a",
            ["8414-8"]
        ),
        (
            "endpoint.revoke-elsewhere", "revocation_endpoint", "https://elsewhere.example/r",
            ["8414-8"]
        ),
        ("endpoint.open", "token_endpoint", "http://elsewhere.example/token", ["9700-7"]),
        ("endpoint.user", "token_endpoint", "http://user@127.0.0.1/token", ["8414-8"]),
        ("endpoint.missing", "token_endpoint", nil, ["8414-6"]),
        ("endpoint.number", "token_endpoint", 7, ["8414-6"]),
    ].map { (id: String, member: String, value: JSONValue?, lines: [String]) in
        spoilt(
            id, "metadata with this '\(member)' ends the login before the browser opens (\(id))",
            lines, .refused("discovery_failed")
        ) { _ in .changing([member: value]) }
    }

    private static let place = ContractCheck(
        "oauth.metadata.place", "metadata is asked for where RFC 8414 has it", lines: ["8414-2"]
    ) { subject in
        try await LoginBench.open(subject) { bench in
            _ = try await bench.connected()
            let path = "/.well-known/" + subject.declared.discovery.wellKnownSuffix
            let asked = bench.server.requests.first?.path ?? ""
            try demand(asked == path, "'\(asked)' was asked, not '\(path)'")
        }
    }.only(.code)

    private static let path = ContractCheck(
        "oauth.metadata.path", "an issuer with a path is found and believed", lines: ["8414-2"]
    ) { subject in
        try await LoginBench.open(subject) { bench in
            let issuer = bench.origin + "/tenant"
            guard let url = URL(string: issuer), subject.declared.resolve(url).url == url else {
                throw NotApplicable("its hosts have no path")
            }
            bench.server.script.issuer = issuer
            let result = await bench.connect(host: issuer)
            try demand(result.verdict == "connected", "it ended with '\(result.verdict)'")
            let suffix = "/.well-known/" + subject.declared.discovery.wellKnownSuffix + "/tenant"
            try demand(bench.server.requests.first?.path == suffix, "another place was asked")
        }
    }.only(.code)

    private static let open = ContractCheck(
        "oauth.metadata.open", "nothing is asked of an issuer in the open", lines: ["8414-1"]
    ) { subject in
        try await LoginBench.open(subject) { bench in
            let client = ScriptedHTTPClient([])
            for host in ["http://issuer.example", "https://issuer.example?a=b"] {
                let result = await bench.connect(host: host, client: client)
                try demand(
                    ["discovery_failed", "not_configured"].contains(result.verdict),
                    "'\(host)' ended with '\(result.verdict)'")
            }
            try demand(client.requests.isEmpty, "something was sent")
        }
    }.only(.code)

    private static let document = ContractCheck(
        "oauth.metadata.client-document",
        "a server that does not read client documents is noted, not refused", lines: ["CIMD-6"]
    ) { subject in
        guard subject.declared.authentication.clientID?.hasPrefix("https://") == true else {
            throw NotApplicable("its client is known by a name")
        }
        let edit: (inout AuthorizationScript) -> Void = {
            $0.metadata = [.changing(["client_id_metadata_document_supported": nil])]
        }
        try await LoginBench.open(subject, edit) { bench in
            _ = try await bench.connected()
            let isNoted = bench.reported.contains {
                if case .note(let text) = $0 { text.contains("metadata") } else { false }
            }
            try demand(isNoted, "it is not")
        }
    }.only(.code)

    private static let once = ContractCheck(
        "oauth.metadata.once", "metadata is read once and kept with the state", lines: ["9207-7"]
    ) { subject in
        try await LoginBench.open(subject) { bench in
            bench.server.script.metadata = [
                .proper, .changing(["issuer": "https://other.example"]),
            ]
            _ = try await bench.connected()
            let reads = bench.server.requests.filter { $0.path.hasPrefix("/.well-known/") }
            try demand(reads.count == 1, "it was read \(reads.count) times")
            let issuer = await bench.desk.grant()?.issuer
            try demand(issuer == bench.origin, "another issuer is stored")
        }
    }.only(.code)
}

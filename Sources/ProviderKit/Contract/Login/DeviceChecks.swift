import Engine

/// A login by a code that is typed on any device (RFC 8628).
enum DeviceChecks {
    static let all: [ContractCheck] = logins + faults + answers + DevicePaceChecks.all

    private static func check(
        _ id: String, _ claim: String, _ lines: [String], metadata: EndpointAnswer = .proper,
        device: EndpointAnswer = .proper, token: [EndpointAnswer] = [.proper],
        _ body: @escaping @Sendable (LoginBench) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("device.\(id)", claim, lines: lines) { subject in
            let edit: (inout AuthorizationScript) -> Void = { script in
                script.mark = "hunter2"
                (script.metadata, script.device, script.token) = ([metadata], [device], token)
            }
            try await LoginBench.open(subject, edit) { try await body($0) }
        }.only(.device)
    }

    private static let logins: [ContractCheck] = [
        check("right", "a code that was entered brings a grant", ["8628-3"]) { bench in
            _ = try await bench.connected()
            let grant = await bench.desk.grant()
            try demand(grant?.refreshToken != nil, "nothing is stored")
            try demand(grant?.issuer == bench.origin, "another issuer is stored")
        },
        check("request", "the request names the client and its scopes, and no secret", ["9700-5"]) {
            bench in
            _ = try await bench.connected()
            let asked = try demand(
                bench.server.requests(to: "/device_authorization").first, "nobody was asked")
            try demand(
                asked["client_id"] == bench.provider.authentication.clientID, "another client is")
            try demand((asked["scope"] ?? "") == bench.provider.scopes.joined, "other scopes are")
            for request in bench.server.requests {
                try demand(request["client_secret"] == nil, "a secret is sent")
                try demand(request.headers["Authorization"] == nil, "a credential is sent")
                try demand(!request.query.contains("device-1"), "an address has the device code")
            }
        },
        check("shown", "the code is shown as it is grouped, beside the address", ["8628-2"]) {
            bench in
            _ = try await bench.connected()
            let shown = bench.reported.contains {
                guard case .enterCode(let code, let url) = $0 else { return false }
                return code.contains("-") && url.absoluteString == bench.origin + "/device"
            }
            try demand(shown, "it is not")
        },
        check("secrecy", "neither the device code nor a token is shown", ["8628-2"]) { bench in
            let result = await bench.connect()
            var dumped = "\(bench.reported)" + bench.desk.said.withLock { $0 }
            dump(result, to: &dumped)
            try demand(!dumped.contains("hunter2"), "one is")
            let bytes = try await bench.desk.bytes()
            try demand(bytes.firstRange(of: Data("hunter2".utf8)) == nil, "one is in a file")
        },
        check(
            "missing", "a server without the grant is told as one", ["8628-3"],
            metadata: .changing(["device_authorization_endpoint": nil])
        ) { try await $0.demandRefused("oauth_unsupported", polls: 0) },
        check(
            "endpoint", "an endpoint for codes elsewhere is not used", ["8414-8"],
            metadata: .changing([
                "device_authorization_endpoint": "https://elsewhere.example/device"
            ])
        ) { try await $0.demandRefused("discovery_failed", polls: 0) },
    ]

    /// What the server may say of the code, and how the login ends then.
    private static let answers: [ContractCheck] =
        [
            ("denied", "access_denied", "consent_denied"),
            ("expired", "expired_token", "callback_timeout"),
            ("unknown-error", "who_knows", "exchange_failed"),
            ("invalid-grant", "invalid_grant", "exchange_failed"),
        ].map { id, code, verdict in
            check(
                "answer.\(id)", "'\(code)' ends the wait under its name", ["8628-3"],
                token: [.error(code)]
            ) { try await $0.demandRefused(verdict, polls: 1) }
        } + [
            check(
                "answer.html", "a web page ends the wait", ["6749-7"], token: [.page()]
            ) { try await $0.demandRefused("exchange_failed", polls: 1) },
            check(
                "answer.redirect", "a redirect is not followed with a device code", ["9700-14"],
                token: [.redirect(307, to: "/elsewhere/token")]
            ) { bench in
                try await bench.demandRefused("exchange_failed", polls: 1)
                try demand(
                    bench.server.requests.allSatisfy { !$0.path.contains("elsewhere") }, "it is")
            },
            check(
                "answer.echo", "a server that repeats the device code does not show it", ["8628-3"],
                token: [.error("invalid_grant", description: "device-1hunter2 was used")]
            ) { bench in
                let text = await bench.connect().refusal?.description ?? ""
                try demand(text.contains("invalid_grant"), "it says '\(text)'")
                try demand(!text.contains("hunter2"), "it shows the code")
            },
            check(
                "answer.pending", "while nobody has entered the code it waits on", ["8628-3"],
                token: [.error("authorization_pending"), .proper]
            ) { bench in
                _ = try await bench.connected()
                try demand(bench.exchanges.count == 2, "it asked \(bench.exchanges.count) times")
            },
        ]

    private static let faults: [ContractCheck] =
        ([
            (
                "place.elsewhere", "an address elsewhere to enter a code at is not shown",
                .changing(["verification_uri": "https://elsewhere.example/device"])
            ),
            (
                "place.open", "an address in the open is not shown",
                .changing(["verification_uri": "http://elsewhere.example/device"])
            ),
            (
                "place.missing", "an answer without an address is refused",
                .changing(["verification_uri": nil])
            ),
            (
                "code.control", "a code that would act on the terminal is not shown",
                .changing(["user_code": "\u{1B}[2J"])
            ),
            (
                "code.missing", "an answer without a code to enter is refused",
                .changing(["user_code": nil])
            ),
            (
                "code.hidden", "an answer without a device code is refused",
                .changing(["device_code": nil])
            ),
            ("html", "a web page is no code", .page()),
            ("error", "a refusal of the endpoint for codes is told", .error("unauthorized_client")),
            (
                "error-with-200", "a refusal with status 200 is told",
                .error("invalid_scope", status: 200)
            ),
            ("oversize", "an answer above 256 KiB is given up", .oversized(by: 300_000)),
        ] as [(String, String, EndpointAnswer)]).map { id, claim, answer in
            check(id, claim, ["8628-4"], device: answer) { bench in
                try await bench.demandRefused("authorization_failed", polls: 0)
                let isShown = bench.reported.contains {
                    if case .enterCode = $0 { true } else { false }
                }
                try demand(!isShown, "it is shown")
            }
        }
}

extension LoginBench {
    /// Connects, which must end so, and after so many requests to the token endpoint.
    fileprivate func demandRefused(_ verdict: String, polls: Int) async throws {
        let result = await connect()
        try demand(
            result.verdict == verdict,
            "it ended with '\(result.verdict)': \(result.refusal?.description ?? "")")
        try demand(
            exchanges.count == polls, "the token endpoint was asked \(exchanges.count) times")
        let stored = await desk.grant()
        try demand(stored == nil, "a grant is stored")
    }
}

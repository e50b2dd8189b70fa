import Engine

/// The issuer in the answer (RFC 9207).
enum IssuerChecks {
    static let all: [ContractCheck] = (wrong + right + errors).map(\.check) + [words]

    private static func answer(
        _ id: String, _ claim: String, _ lines: [String], _ ending: LoginCase.Ending,
        promised: Bool = true,
        _ consent: @escaping @Sendable (_ origin: String) -> ConsentAnswer
    ) -> LoginCase {
        var stage = LoginCase.Stage.consent
        if case .connected = ending { stage = .exchange }
        return LoginCase("oauth.iss.\(id)", claim, lines, ending, until: stage) {
            script, origin in
            script.sendsIssuer = promised
            script.consent = consent(origin)
        }
    }

    private static let mismatch = LoginCase.Ending.refused("issuer_mismatch")

    private static let wrong: [LoginCase] = [
        answer(
            "other", "an answer of another issuer is refused before the exchange",
            ["9207-1", "9700-2", "9700-10"], mismatch
        ) { _ in
            .approve.setting("iss", to: "https://other.example")
        },
        answer(
            "missing-when-promised", "an issuer that was promised must come with a code",
            ["9207-2"], mismatch
        ) { _ in .approve.removing("iss") },
        answer("empty", "an empty issuer is none", ["9207-2"], mismatch) { _ in
            .approve.setting("iss", to: "")
        },
        answer("slash", "an issuer with one slash more is another", ["9207-4"], mismatch) {
            .approve.setting("iss", to: $0 + "/")
        },
        answer("case", "an issuer in other letters is another", ["9207-4"], mismatch) {
            .approve.setting("iss", to: $0.replacing("http", with: "HTTP"))
        },
        answer("encoded", "an issuer that is encoded twice is another", ["9207-4"], mismatch) {
            .approve.setting("iss", to: $0.replacing("/", with: "%2F"))
        },
        answer("port", "an issuer at another port is another", ["9207-4"], mismatch) {
            .approve.setting("iss", to: $0 + "0")
        },
        answer(
            "unpromised-other", "an issuer that was not promised is compared all the same",
            ["9207-3"], mismatch, promised: false
        ) { _ in
            .approve.setting("iss", to: "https://other.example")
        },
        answer(
            "doubled", "an issuer that is there twice is refused", ["9207-5"],
            .refused("authorization_failed")
        ) { _ in .approve.doubling("iss") },
        answer(
            "doubled-other", "two issuers are refused", ["9207-5"],
            .refused("authorization_failed")
        ) { _ in
            .approve.doubling("iss", with: "https://other.example")
        },
    ]

    private static let right: [LoginCase] = [
        answer("right", "the issuer that was promised is taken", ["9207-2"], .connected) { _ in
            .approve
        },
        answer(
            "unpromised-right", "the right issuer is taken though nobody promised it",
            ["9207-3"], .connected, promised: false
        ) { .approve.setting("iss", to: $0) },
        answer(
            "unpromised-missing", "without a promise none has to come", ["9207-3"], .connected,
            promised: false
        ) { _ in .approve },
    ]

    private static let errors: [LoginCase] = [
        answer(
            "error-other", "an error of another issuer is a mismatch", ["9207-1", "9207-6"],
            mismatch
        ) { _ in .deny.setting("iss", to: "https://other.example") },
        answer(
            "denial-missing", "a denial without the issuer still ends the login", ["9207-6"],
            .refused("consent_denied")
        ) { _ in .deny.removing("iss") },
    ]

    private static let words = ContractCheck(
        "oauth.iss.error-words", "an error that another server may have sent has no words here",
        lines: ["9207-6"]
    ) { subject in
        for consent in [
            ConsentAnswer.error("server_error", description: "call 555").removing("iss"),
            .error("server_error", description: "call 555").setting("iss", to: "https://o.example"),
        ] {
            try await LoginBench.open(subject) { bench in
                bench.server.script.consent = consent
                let text = await bench.connect().refusal?.description ?? ""
                try demand(!text.isEmpty && !text.contains("555"), "it says '\(text)'")
            }
        }
    }.only(.code)
}

import Engine

/// Tokens, codes, verifiers and secrets are seen by those alone whom they are for.
enum SecrecyChecks {
    private static let mark = "hunter2"

    /// Everything that a login said, and what must not be in it.
    private static func login(
        _ id: String, _ claim: String, _ answers: [EndpointAnswer] = [.proper],
        _ examine:
            @escaping @Sendable (
                _ bench: LoginBench, _ said: [String: String], _ hidden: [String]
            ) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("secrecy.\(id)", claim, lines: ["7636-6", "9700-6"]) { subject in
            try await LoginBench.open(subject, { $0.mark = mark }) { bench in
                bench.server.script.token = answers
                let result = await bench.connect()
                let hidden = [mark] + bench.exchanges.compactMap { $0["code_verifier"] }
                try await examine(bench, Self.said(bench, result), hidden)
            }
        }.only(.code)
    }

    private static func said(
        _ bench: LoginBench, _ result: Result<ConnectOutcome, ConnectError>
    ) -> [String: String] {
        var dumped = ""
        dump(result, to: &dumped)
        let json = (try? result.get().json.encodedText) ?? ""
        return [
            "the events": "\(bench.reported)", "the outcome": dumped + json,
            "the error": result.refusal.map { "\($0.description) \($0.hint ?? "")" } ?? "",
            "the pages": bench.shown.map { String(decoding: $0.body, as: UTF8.self) }.joined(),
            "the log and the answers": bench.desk.said.withLock { $0 },
        ]
    }

    private static func demandHidden(_ said: [String: String], _ hidden: [String]) throws {
        for (place, text) in said {
            try demand(!hidden.contains { text.contains($0) }, "a secret stands in \(place)")
        }
    }

    static let all: [ContractCheck] = [
        login("login", "a login that succeeds shows no token, code or verifier") {
            bench, said, hidden in
            try demandHidden(said, hidden)
            try demand(bench.exchanges.count == 1, "it did not come to the exchange")
        },
        login(
            "login.failed", "nor does one whose exchange fails",
            [.error("invalid_grant", description: "code-1hunter2 was used")]
        ) { _, said, hidden in
            try demandHidden(said, hidden)
        },
        login(
            "login.garbled", "nor does one whose answer cannot be read",
            [.proper.body(#"{"access_token":"hunter2","token_type":7}"#)]
        ) { _, said, hidden in
            try demandHidden(said, hidden)
        },
        login("at-rest", "no token lies in the database's files in the clear") {
            bench, _, hidden in
            let bytes = try await bench.desk.bytes()
            for secret in hidden {
                try demand(bytes.firstRange(of: Data(secret.utf8)) == nil, "one does")
            }
            let issuer = Data(bench.desk.provider.id.rawValue.utf8)
            try demand(bytes.firstRange(of: issuer) != nil, "the row is in no file")
        },
        login("answers", "no answer about a credential holds a token") { bench, _, hidden in
            let id = bench.desk.provider.id
            for path in [
                APIPath.credentials, APIPath.credential(id.rawValue), APIPath.health,
                ProviderRoutes.standard(id).connectInfo,
            ] {
                let text = await bench.desk.call("GET", path).json.encodedText
                try demand(!hidden.contains { text.contains($0) }, "'\(path)' does")
            }
        },
        login("keyless", "without the admin key there is no answer about a credential") {
            bench, _, _ in
            let id = bench.desk.provider.id
            for path in [
                APIPath.credentials, APIPath.credential(id.rawValue), APIPath.events,
                ProviderRoutes.standard(id).connectInfo,
            ] {
                for headers in [[:], ["Authorization": "Bearer wrong"]] as [HTTPHeaders] {
                    let answer = await bench.desk.send(
                        ServerRequest(method: "GET", target: path, headers: headers))
                    try demand(answer.status == 401, "'\(path)' is answered \(answer.status)")
                }
            }
        },
        RefreshChecks.check("secrecy", "a refresh leaves no token in the log or in the clear") {
            bench in
            bench.server.script.mark = mark
            _ = try await bench.renewed()
            let said = bench.desk.said.withLock { $0 }
            try demand(!said.contains(mark), "the log or an answer holds one")
            let bytes = try await bench.desk.bytes()
            try demand(bytes.firstRange(of: Data(mark.utf8)) == nil, "a file holds one")
        },
        ProvisionChecks.check("secrecy.provisioned", "a provisioned instance keeps all sealed") {
            bench in
            try await bench.provisioned()
            let bytes = try await bench.desk.bytes()
            for secret in await bench.secrets() {
                try demand(bytes.firstRange(of: Data(secret.utf8)) == nil, "a file holds one")
            }
        },
    ]
}

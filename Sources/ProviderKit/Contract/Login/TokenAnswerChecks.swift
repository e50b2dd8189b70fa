import Engine

/// What a good token answer may hold: lives, scopes, members of its own.
enum TokenAnswerChecks {
    static let all: [ContractCheck] = lives + scopes + members

    /// A login whose token answer differs in some members, and the grant that is stored then.
    private static func stored(
        _ id: String, _ claim: String, _ lines: [String], _ changes: [String: JSONValue?],
        _ examine: @escaping @Sendable (Grant, any Provider) throws -> Void
    ) -> ContractCheck {
        ContractCheck("oauth.\(id)", claim, lines: lines) { subject in
            try await LoginBench.open(subject, { $0.token = [.changing(changes)] }) { bench in
                _ = try await bench.connected()
                let grant = try demand(await bench.desk.grant(), "nothing is stored")
                try examine(grant, subject.declared)
            }
        }.only(.code)
    }

    private static let lives: [ContractCheck] =
        ([
            ("number", 3600, 3600), ("text", "3600", 3600), ("fraction", .number(3600.5), 3600),
            ("huge", 1_000_000_000, 315_360_000), ("huge-text", "1e300", 315_360_000),
            ("absent", nil, nil), ("null", .null, nil), ("zero", 0, nil), ("negative", -1, nil),
            ("nan", "NaN", nil), ("words", "soon", nil), ("list", [3600], nil),
            ("object", [:], nil), ("true", true, nil), ("infinite", "inf", nil),
        ] as [(String, JSONValue?, Double?)]).map { name, value, life in
            let claim =
                life == nil
                ? "a life that makes no sense is an unknown one (\(name))"
                : "a life is read in every spelling (\(name))"
            return stored("expires-in.\(name)", claim, ["6749-6"], ["expires_in": value]) {
                grant, _ in
                let left = grant.expiresAt?.timeIntervalSinceNow
                guard let life else {
                    return try demand(left == nil, "it ends in \(left ?? 0) seconds")
                }
                let found = try demand(left, "its end is not known")
                try demand((life - 120...life + 1).contains(found), "it ends in \(found) seconds")
            }
        }

    private static let scopes: [ContractCheck] = [
        stored(
            "scope.absent", "without a scope what was asked for was granted", ["6749-5"],
            ["scope": nil]
        ) { grant, provider in
            try demand(grant.scopes == provider.scopes, "\(grant.scopes.map(\.rawValue)) was")
        },
        scope("reordered", "the order of scopes does not matter") { $0.reversed() },
        scope("doubled", "a doubled scope is one") { $0 + $0 },
        scope("wider", "a scope that was not asked for makes no gap") {
            $0 + [Scope(rawValue: "contract:more")]
        },
        ContractCheck(
            "oauth.scope.narrowed", "scopes that were not granted are told as a gap",
            lines: ["6749-5"]
        ) { subject in
            let scopes = subject.declared.scopes
            guard !scopes.isEmpty else { throw NotApplicable("it asks for no scope") }
            for kept in [[], [scopes[0]]] where kept != scopes {
                let gap = scopes.filter { !subject.declared.grant(Set(kept), covers: $0) }
                let edit: (inout AuthorizationScript) -> Void = {
                    $0.token = [.changing(["scope": .string(kept.joined)])]
                }
                try await LoginBench.open(subject, edit) { bench in
                    let outcome = try await bench.connected()
                    try demand(
                        outcome.scopeGap == gap.map(\.rawValue), "it tells \(outcome.scopeGap)")
                    let shown = await bench.desk.call(
                        "GET", APIPath.credential(subject.declared.id.rawValue)
                    ).json["scopeGap"]
                    let told = JSONValue.array(gap.map { .string($0.rawValue) })
                    try demand(shown == told, "the instance does not show it")
                }
            }
        }.only(.code),
    ]

    private static func scope(
        _ id: String, _ claim: String, _ change: @escaping @Sendable ([Scope]) -> [Scope]
    ) -> ContractCheck {
        ContractCheck("oauth.scope.\(id)", claim, lines: ["6749-5"]) { subject in
            let scopes = change(subject.declared.scopes)
            let text = scopes.map(\.rawValue).joined(separator: " ")
            let edit: (inout AuthorizationScript) -> Void = {
                $0.token = [.changing(["scope": .string(text)])]
            }
            try await LoginBench.open(subject, edit) { bench in
                let outcome = try await bench.connected()
                try demand(outcome.scopeGap.isEmpty, "it tells a gap: \(outcome.scopeGap)")
                let stored = await bench.desk.grant()?.scopes ?? []
                try demand(Set(stored) == Set(scopes), "\(stored.map(\.rawValue)) is stored")
                try demand(Set(stored).count == stored.count, "one is stored twice")
            }
        }.only(.code)
    }

    private static let members: [ContractCheck] = [
        stored(
            "answer.unknown", "members that nobody knows are passed over", ["6749-10"],
            ["x": [1, nil], "scoped": [:]]
        ) { _, _ in },
        stored(
            "answer.type-case", "the token type is read without case", ["6749-4"],
            ["token_type": "bEaReR"]
        ) { _, _ in },
        ContractCheck("oauth.answer.fields", "declared members are kept, and no others") {
            subject in
            let fields = subject.declared.grantFields
            let values = fields.map { ($0.member, JSONValue?.some(["kept"])) }
            let changes = Dictionary(values + [("contract", "hunter2")]) { $1 }
            try await LoginBench.open(subject, { $0.token = [.changing(changes)] }) { bench in
                _ = try await bench.connected()
                let kept = await bench.desk.grant()?.fields
                try demand(kept?.count == fields.count, "\(kept?.count ?? 0) are kept")
                for field in fields {
                    try demand(kept?[field.name] == ["kept"], "'\(field.name)' is not")
                }
            }
        }.only(.code),
        ContractCheck(
            "oauth.answer.refresh-token", "a grant without a refresh token is taken as declared",
            lines: ["6749-8"]
        ) { subject in
            let edit: (inout AuthorizationScript) -> Void = {
                $0.token = [.changing(["refresh_token": nil])]
            }
            try await LoginBench.open(subject, edit) { bench in
                let wanted =
                    subject.declared.requiresRefreshToken ? "exchange_failed" : "connected"
                let verdict = await bench.connect().verdict
                try demand(verdict == wanted, "it ended with '\(verdict)'")
            }
        }.only(.code),
    ]
}

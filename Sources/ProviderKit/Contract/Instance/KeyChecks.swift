import Engine

/// Pasted keys at an instance: checked, sealed, shown to nobody, sent to one host.
enum KeyChecks {
    static let all: [ContractCheck] = storing + using

    private static let host = URL(string: "https://keys.contract.example")
    private static let kind = JSONValue.string("api_key")

    private static func check(
        _ id: String, _ claim: String,
        _ body: @escaping @Sendable (ContractDesk, [KeyField], URL) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("keys.\(id)", claim) { subject in
            let host = try demand(host, "there is no host")
            try await ContractDesk.open(subject.provider) { desk in
                try await body(desk, subject.declared.authentication.keyFields, host)
            }
        }.only(.keys)
    }

    private static func put(
        _ desk: ContractDesk, _ host: URL, _ changes: [String: JSONValue?] = [:],
        kind: JSONValue = kind, fields: JSONValue = [:]
    ) async -> ContractDesk.Answer {
        await desk.call(
            "PUT", APIPath.credential(desk.provider.id.rawValue),
            [
                "kind": kind,
                "payload": KeySample.payload(desk.provider, host: host, changes, fields: fields),
            ])
    }

    /// What a service could say of its keys: each secret, under its own name and another one.
    private static func repeating(_ fields: [KeyField]) -> JSONValue {
        let secrets = fields.filter(\.isSecret)
        return .object(
            secrets.reduce(into: [:]) { members, field in
                let value = KeySample.value(of: field)
                members[field.name] = .string(value)
                members["echo-\(field.name)"] = ["said": .array([.string(value)])]
            })
    }

    /// Fails unless it is refused without being repeated, and nothing is stored.
    private static func refused(
        _ answer: ContractDesk.Answer, _ desk: ContractDesk, _ value: String, _ what: String
    ) async throws {
        try demand(answer.status == 400, "\(what) is answered \(answer.status)")
        let text = answer.json.encodedText
        try demand(value.utf8.count < 8 || !text.contains(value), "the refusal repeats \(what)")
        let stored = await desk.call("GET", APIPath.credential(desk.provider.id.rawValue))
        try demand(stored.status == 404, "\(what) is stored")
    }

    private static let storing: [ContractCheck] = [
        check("stored", "keys that follow their rules are stored") { desk, _, host in
            let answer = await put(desk, host)
            try demand(answer.status == 200, "they are answered \(answer.status)")
            let stored = await desk.call("GET", APIPath.credential(desk.provider.id.rawValue))
            try demand(stored.status == 200, "they cannot be looked up")
            let again = await (try desk.restarted()).call(
                "GET", APIPath.credential(desk.provider.id.rawValue))
            try demand(again.status == 200, "they are gone after a restart")
        },
        check("rule.long", "a value that is too long is refused") { desk, fields, host in
            for field in fields {
                let count = field.rule.length.upperBound + 1
                let value = String(repeating: "7", count: count)
                let answer = await put(desk, host, [field.name: .string(value)])
                try await refused(answer, desk, value, "a long '\(field.name)'")
            }
        },
        check("rule.letters", "a value with other letters is refused") { desk, fields, host in
            for field in fields {
                for stranger in ["\n", " ", "\u{0}", "é", "\u{202E}"] {
                    let value = KeySample.value(of: field).dropLast() + stranger
                    let answer = await put(desk, host, [field.name: .string(String(value))])
                    try await refused(answer, desk, String(value), "such a '\(field.name)'")
                }
            }
        },
        check("rule.prefix", "a value without its beginning is refused") { desk, fields, host in
            let prefixed = fields.filter { !$0.rule.prefixes.isEmpty }
            guard !prefixed.isEmpty else { throw NotApplicable("no value has one") }
            for field in prefixed {
                let value = "~" + KeySample.value(of: field).dropFirst()
                let answer = await put(desk, host, [field.name: .string(value)])
                try await refused(answer, desk, value, "such a '\(field.name)'")
            }
        },
        check("rule.missing", "a value that is missing or no text is refused") {
            desk, fields, host in
            for field in fields {
                for value in [nil, "", 7, [:], .null] as [JSONValue?] {
                    let answer = await put(desk, host, [field.name: value])
                    try await refused(answer, desk, "", "no '\(field.name)'")
                }
            }
        },
        check("kind", "a grant is not taken for keys") { desk, _, host in
            let answer = await put(desk, host, kind: "oauth")
            try await refused(answer, desk, "", "it")
        },
        check("host", "keys for a host in the open are refused") { desk, _, _ in
            let open = try demand(URL(string: "http://keys.contract.example"), "no host")
            let answer = await put(desk, open)
            try await refused(answer, desk, "", "it")
        },
    ]

    private static let using: [ContractCheck] = [
        check("hidden", "no answer, log line or file shows a secret key") { desk, fields, host in
            let answer = await put(desk, host, fields: repeating(fields))
            try demand(answer.status == 200, "they are answered \(answer.status)")
            let id = desk.provider.id
            for path in [
                APIPath.credentials, APIPath.credential(id.rawValue),
                ProviderRoutes.standard(id).connectInfo,
            ] { await desk.call("GET", path) }
            let said = desk.said.withLock { $0 }
            let bytes = try await desk.bytes()
            for field in fields where field.isSecret {
                let value = KeySample.value(of: field)
                try demand(!said.contains(value), "'\(field.name)' is shown")
                try demand(
                    bytes.firstRange(of: Data(value.utf8)) == nil, "'\(field.name)' is in a file")
            }
        },
        check("shown", "what is no secret is shown with them") { desk, fields, host in
            _ = await put(desk, host)
            let shown = await desk.call("GET", APIPath.credential(desk.provider.id.rawValue)).json
            for field in fields where !field.isSecret {
                let value = shown[field.name] ?? shown["fields"]?[field.name]
                try demand(
                    value == .string(KeySample.value(of: field)), "'\(field.name)' is not shown")
            }
        },
        check("header", "a request carries the key in its header, to its own host alone") {
            desk, fields, host in
            let use = try demand(desk.provider.authentication.keyUse, "no request carries one")
            let credential = try KeyCredential(
                KeySample.payload(desk.provider, host: host), declared: fields,
                checkingRules: true)
            let service = ScriptedHTTPClient { _ in .json([:]) }
            let client = credential.client(over: service, use)
            _ = try await client.send(HTTPRequest("GET", host))
            let key = fields.first { $0.name == use.field }.map(KeySample.value) ?? ""
            let carried = service.requests.first?.headers[use.header]
            try demand(carried == use.prefix + key, "the header is another")
            for address in ["https://elsewhere.example/", "http://keys.contract.example/"] {
                let url = try demand(URL(string: address), "no address")
                let answer = try? await client.send(HTTPRequest("GET", url))
                try demand(answer == nil, "'\(address)' got it")
            }
        },
        check("refresh", "keys are not renewed") { desk, _, host in
            _ = await put(desk, host)
            let path = APIPath.credential(desk.provider.id.rawValue) + "/refresh"
            let answer = await desk.call("POST", path)
            try demand(answer.status == 409, "it is answered \(answer.status)")
        },
        check("deleted", "keys that are deleted are gone") { desk, fields, host in
            _ = await put(desk, host)
            let path = APIPath.credential(desk.provider.id.rawValue)
            let answer = await desk.call("DELETE", path)
            try demand(answer.status == 200, "it is answered \(answer.status)")
            let stored = await desk.call("GET", path)
            try demand(stored.status == 404, "they are stored")
        },
        deliveries,
    ]

    private static let deliveries = ContractCheck(
        "keys.deliveries", "a pasted key verifies deliveries, and no other one does"
    ) { subject in
        guard let field = subject.declared.authentication.deliveryField,
            let source = subject.declared.webhook
        else { throw NotApplicable("no key verifies deliveries") }
        let host = try demand(host, "there is no host")
        var provider = subject.provider
        provider.settings = ProviderConfiguration()
        try await ContractDesk.open(provider) { desk in
            let forge = try DeliveryForge(
                source.verification, secret: Secret(KeySample.value(of: field)))
            let stranger = try DeliveryForge(source.verification)
            let known: JSONValue = .string(forge.secret.reveal())
            let answer = await put(desk, host, [field.name: known])
            try demand(answer.status == 200, "the key is answered \(answer.status)")
            let sample = DeliverySample(source: source)
            for (forge, status) in [(forge, 200), (stranger, 401)] {
                let headers = try forge.headers(for: sample.body, id: sample.id)
                let answer = await desk.send(
                    ServerRequest(
                        method: "POST", target: APIPath.webhook(desk.provider.id),
                        headers: headers, body: sample.body))
                try demand(answer.status == status, "one is answered \(answer.status)")
            }
        }
    }.only(.keys)
}

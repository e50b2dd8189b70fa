import Engine

/// What a provider says of the keys that its users paste.
enum KeyDeclarationChecks {
    private static func check(
        _ id: String, _ claim: String,
        _ body: @escaping @Sendable (any Provider, [KeyField]) throws -> Void
    ) -> ContractCheck {
        ContractCheck("declaration.keys.\(id)", claim) { subject in
            try body(subject.declared, subject.declared.authentication.keyFields)
        }.only(.keys)
    }

    static let all: [ContractCheck] = [
        check("names", "each value to paste has a name and a label of its own") { _, fields in
            try demand(!fields.isEmpty, "there is none")
            try DeclarationChecks.unique(fields.map(\.name), "key")
            try DeclarationChecks.unique(fields.map(\.label), "label")
            for field in fields {
                try demand(field.name.isToken, "'\(field.name)' is no plain name")
                try demand(
                    field.label.isLine(60) && !field.label.hasSuffix("."),
                    "'\(field.label)' does not fit the end of a sentence")
            }
        },
        check("rules", "each rule can be kept, and its prefixes leave room") { _, fields in
            for field in fields {
                let value = KeySample.value(of: field)
                let refusal = field.rule.demand(of: value)
                try demand(refusal == nil, "no value of '\(field.name)' would do")
                let longest = field.rule.prefixes.map(\.utf8.count).max() ?? 0
                try demand(
                    longest < field.rule.length.upperBound
                        && field.rule.length.upperBound <= 65_536,
                    "the length of '\(field.name)' is no length")
            }
        },
        check("use", "a request carries a declared secret in a header") { provider, fields in
            let use = try demand(provider.authentication.keyUse, "no request carries a key")
            let field = fields.first { $0.name == use.field }
            try demand(field != nil, "'\(use.field)' is not among the keys")
            try demand(field?.isSecret == true, "'\(use.field)' is no secret")
            try demand(use.header.isToken, "'\(use.header)' can be no header")
            try demand(
                use.prefix.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "its prefix cannot be")
        },
        check("page", "the page at which keys are made is an https address") { provider, _ in
            guard let page = provider.authentication.keyPage else {
                throw NotApplicable("it names no page")
            }
            try demand(URL(address: page)?.scheme == "https", "'\(page)' is none")
        },
        check("deliveries", "at most one key verifies deliveries") {
            provider, fields in
            let verifying = fields.filter(\.verifiesDeliveries)
            try demand(verifying.count <= 1, "\(verifying.count) do")
            if let field = verifying.first {
                try demand(provider.webhook != nil, "'\(field.name)' verifies nothing")
            }
        },
    ]
}

/// Values that follow the rules of the keys to paste, and nobody's.
enum KeySample {
    static func value(of field: KeyField) -> String {
        let prefix = field.rule.prefixes.first ?? ""
        let wanted = max(field.rule.length.lowerBound, prefix.utf8.count + 24)
        let length = min(wanted, field.rule.length.upperBound) - prefix.utf8.count
        // No value is a part of another one, or a hidden one would seem to be shown.
        let hash = (try? SHA256.hash(Array(field.name.utf8))) ?? []
        let digits =
            field.rule.alphabet == .digits
            ? hash.map { String($0 % 10) }.joined() : Hex.encode(hash)
        let text = String(repeating: digits, count: length / 32 + 1).prefix(max(length, 1))
        return prefix + text
    }

    /// What the instance is told, as a client of the provider's would.
    static func payload(
        _ provider: any Provider, host: URL, _ changes: [String: JSONValue?] = [:],
        fields: JSONValue = [:]
    ) -> JSONValue {
        var keys: [String: JSONValue] = [:]
        for field in provider.authentication.keyFields {
            keys[field.name] = .string(value(of: field))
        }
        for (name, value) in changes { keys[name] = value }
        return [
            "keys": .object(keys), "fields": fields,
            "privateHost": .string(host.absoluteString),
        ]
    }
}

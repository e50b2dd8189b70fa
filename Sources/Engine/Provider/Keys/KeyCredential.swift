/// Pasted keys, and what the service said of them: what is stored under the kind `api_key`.
///
/// One JSON shape serves the wire and the sealed row: `{keys, fields, privateHost}`.
package struct KeyCredential: Sendable {
    /// Every declared value, by ``KeyField/name``.
    package let keys: [String: Secret]
    /// What the service said of them.
    package let report: [String: JSONValue]
    package let host: URL
    private let declared: [KeyField]

    /// Why a JSON document holds no usable keys; names the member, never its value.
    package struct Malformed: Error, Equatable {
        package let reason: String
    }

    /// Keeps nothing in `report` that repeats a secret.
    package init(
        keys: [String: Secret], report: [String: JSONValue], host: URL, declared: [KeyField]
    ) {
        self.keys = keys
        self.host = host
        self.declared = declared
        let secrets = declared.filter(\.isSecret)
        self.report = report.filter { name, value in
            !secrets.contains { field in
                field.name == name || keys[field.name].map { value.repeats($0) } ?? false
            }
        }
    }

    /// The values that may be shown.
    package var values: [String: String] {
        let shown = declared.filter { !$0.isSecret }.map(\.name)
        return keys.filter { shown.contains($0.key) }.mapValues { $0.reveal() }
    }

    /// All that may be shown: the values that are no secrets, and what the service said.
    package var fields: [String: JSONValue] {
        values.mapValues { .string($0) }.merging(report) { value, _ in value }
    }

    /// What a provider may know of it.
    package var summary: GrantSummary { GrantSummary(scopes: [], fields: fields, host: host) }

    /// The value that deliveries are verified with, where one is declared.
    package var deliverySecret: Secret? {
        declared.first(where: \.verifiesDeliveries).flatMap { keys[$0.name] }
    }

    /// Sends requests to the service that carry the key.
    package func client(over client: any HTTPClient, _ use: KeyUse) -> KeyedClient {
        KeyedClient(client, use, key: keys[use.field] ?? Secret(""), host: host)
    }

    /// A text without any of the secrets, should a stranger have repeated one.
    package func hiding(_ text: String) -> String {
        declared.filter(\.isSecret).compactMap { keys[$0.name] }.reduce(text) {
            $1.isEmpty ? $0 : $0.replacing($1.reveal(), with: "\($1)")
        }
    }
}

extension KeyCredential {
    /// Reads the JSON shape; what is not declared is dropped.
    ///
    /// With `checkingRules`, each value must follow its rule; a stored one was checked when it came.
    package init(
        _ json: JSONValue, declared: [KeyField], checkingRules: Bool
    ) throws(Malformed) {
        guard let given = json["keys"]?.object else {
            throw Malformed(reason: "'keys' is not an object")
        }
        var keys: [String: Secret] = [:]
        for field in declared {
            guard let text = given[field.name]?.string, !text.isEmpty else {
                throw Malformed(reason: "'\(field.name)' is missing or not a text")
            }
            if checkingRules, let demand = field.rule.demand(of: text) {
                throw Malformed(reason: "'\(field.name)' must \(demand)")
            }
            keys[field.name] = Secret(text)
        }
        guard let host = json["privateHost"]?.string.flatMap({ URL(address: $0) }), !host.isInsecure
        else { throw Malformed(reason: "'privateHost' is not an https address") }
        let report = json["fields"] ?? [:]
        guard let members = report.object else {
            throw Malformed(reason: "'fields' is not an object")
        }
        self.init(keys: keys, report: members, host: host, declared: declared)
    }

    /// The JSON shape, secrets included: only for the sealer and for the wire to the instance.
    package var json: JSONValue {
        [
            "keys": .object(keys.mapValues { .string($0.reveal()) }), "fields": .object(report),
            "privateHost": .string(host.withoutTrailingSlash),
        ]
    }
}

extension JSONValue {
    fileprivate func repeats(_ secret: Secret) -> Bool {
        switch self {
        case .string(let text): text.repeats(secret.reveal())
        case .integer(let number): String(number).repeats(secret.reveal())
        case .array(let elements): elements.contains { $0.repeats(secret) }
        case .object(let members):
            members.contains { $0.key.repeats(secret.reveal()) || $0.value.repeats(secret) }
        case .null, .bool, .number: false
        }
    }
}

extension String {
    /// Shorter texts stand in others by chance.
    private static let shortestSecret = 8

    fileprivate func repeats(_ secret: String) -> Bool {
        secret.utf8.count < Self.shortestSecret ? self == secret : contains(secret)
    }
}

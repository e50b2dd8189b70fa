import Engine

/// The `inputs` of a webhook destination: `{"url": {"value": …}, …}`
/// (<https://posthog.com/docs/cdp/destinations/webhook>).
struct DestinationInputs {
    typealias Change = ProvisionPlan.Change

    private static let contentType = "Content-Type"
    private static let secretHeader = WebhookSource.postHogHeader
    /// In PostHog's templates a text that is nothing but `{event}` becomes the event itself.
    private static let body: JSONValue = ["event": "{event}", "person": "{person}"]
    /// What the server makes of a value; sent back it would go with another value.
    private static let serverMade: Set<String> = ["bytecode", "order", "transpiled"]

    /// The input with whose value PostHog signs by Standard Webhooks, where it is new enough.
    static let signing = "signing_secret"
    /// Whether there is one, which reads back as a mark alone.
    var keepsSigningSecret: Bool { entries[Self.signing]?["secret"] == true }

    /// What is there, without what the server made; an input without a value reads as null.
    var entries: [String: JSONValue]

    init(_ inputs: JSONValue?) {
        entries = (inputs?.object ?? [:]).compactMapValues { entry in
            entry.object.map { .object($0.filter { !Self.serverMade.contains($0.key) }) }
        }
    }

    private var headers: [String: JSONValue] { entries["headers"]?["value"]?.object ?? [:] }

    // MARK: Mending

    /// The inputs to send, whole: ours as they should be, the others, and secret ones by their
    /// mark, as they are.
    func mended(url: String, secret: Secret?, signing: Secret? = nil) -> JSONValue {
        var mended = entries
        mended["url"] = ["value": .string(url)]
        mended["method"] = ["value": "POST"]
        mended["body"] = ["value": Self.body]
        mended["headers"] = mendedHeaders(secret)
        mended["payload"] = nil
        if let signing { mended[Self.signing] = ["value": .string(signing.reveal())] }
        return .object(mended)
    }

    private func mendedHeaders(_ secret: Secret?) -> JSONValue {
        var entry = entries["headers"]?.object ?? [:]
        var headers = headers.filter { !Self.isOurs($0.key) }
        headers[Self.contentType] = "application/json"
        headers[Self.secretHeader] = secret.map { .string($0.reveal()) }
        entry["value"] = .object(headers)
        // An encrypted header does not read back, so ours could never be compared.
        entry["secret_keys"] = (entry["secret_keys"]?.array).map { keys in
            .array(keys.filter { !Self.isOurs($0.string ?? "") })
        }
        return .object(entry)
    }

    private static func isOurs(_ name: String) -> Bool {
        [contentType, secretHeader].contains { isSame(name, $0) }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.lowercased() == right.lowercased()
    }

    // MARK: Comparing

    func changes(url: String, secret: Secret?) -> [Change] {
        var changes = [
            change("url", to: .string(url)), change("method", to: "POST"),
            change("body", to: Self.body), contentTypeChange, secretChange(secret),
        ].compactMap { $0 }
        if entries["payload"] != nil { changes.append(Change("payload", from: "set", to: "none")) }
        return changes
    }

    /// In a `liquid` template braces mean something else.
    private func change(_ name: String, to wanted: JSONValue) -> Change? {
        let current = entries[name]
        let isLiquid = current?["templating"] == "liquid" && name == "body"
        if current?["value"] == wanted && !isLiquid { return nil }
        let shown = current?["value"].map { Shown.input(name, $0) }
        return Change(name, from: shown, to: Shown.input(name, wanted))
    }

    private var contentTypeChange: Change? {
        let found = values(of: Self.contentType)
        if found == [Self.contentType: "application/json"] { return nil }
        return Change(
            "headers.\(Self.contentType)", from: found.isEmpty ? nil : Shown.redacted,
            to: "application/json")
    }

    private func secretChange(_ secret: Secret?) -> Change? {
        let found = values(of: Self.secretHeader)
        let current = found[Self.secretHeader]?.string.map { Secret($0) }
        if let secret, found.count == 1, current == secret { return nil }
        return Change(
            "headers.\(Self.secretHeader)", from: found.isEmpty ? nil : Shown.redacted,
            to: Shown.redacted)
    }

    /// Every spelling of a header's name: PostHog would send them all.
    private func values(of name: String) -> [String: JSONValue] {
        headers.filter { Self.isSame($0.key, name) }
    }

    // MARK: Putting back

    /// Stands for a header that PostHog keeps encrypted and shows to nobody.
    static let unreadable: JSONValue = ["secret": true]
    private static let inputs = ["url", "method", "body", "payload"]
    private static let header = "headers."

    /// The fields that we may change, by the names that a plan gives them.
    var fields: [String: JSONValue] {
        var fields = entries.filter { Self.inputs.contains($0.key) }
        for name in entries["headers"]?["secret_keys"]?.array?.compactMap(\.string) ?? []
        where Self.isOurs(name) {
            fields[Self.header + name] = Self.unreadable
        }
        for (name, value) in headers where Self.isOurs(name) { fields[Self.header + name] = value }
        return fields
    }

    /// The inputs to send, whole, with those fields set; null takes one away.
    func setting(_ fields: [String: JSONValue]) -> JSONValue {
        var changed = entries
        for name in Self.inputs {
            if let entry = fields[name] { changed[name] = entry == .null ? nil : entry }
        }
        var headers = headers
        for (field, value) in fields where field.hasPrefix(Self.header) {
            headers[String(field.dropFirst(Self.header.count))] = value == .null ? nil : value
        }
        var entry = changed["headers"]?.object ?? [:]
        entry["value"] = .object(headers)
        changed["headers"] = .object(entry)
        return .object(changed)
    }
}

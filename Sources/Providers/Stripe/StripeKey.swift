import Engine

/// The key that a user pastes, and what its first letters tell (<https://docs.stripe.com/keys>).
enum StripeKey {
    static let field = KeyField(
        "apiKey",
        label: "restricted key (Webhook Endpoints: Write) or secret key",
        rule: KeyRule(
            prefixes: ["rk_live_", "rk_test_", "sk_live_", "sk_test_"], .token, length: 16...255))
    /// Its name among what is kept beside the key: `live` or `test`.
    static let modeField = "mode"

    static func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport {
        _ = try await StripeAPI(keys).page(after: nil, limit: 1, step: "checking the key")
        let isLive = keys.prefixes[field.name]?.hasSuffix("_live_") == true
        return KeyReport(fields: [modeField: isLive ? "live" : "test"])
    }

    static func note(on mode: JSONValue?) -> String? {
        switch mode {
        case "live": "the key is for live mode: real customers and real money"
        case "test": "the key is for test mode: only what happens there is delivered"
        default: nil
        }
    }
}

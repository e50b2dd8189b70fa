extension WebhookVerification {
    /// What is checked, as a sentence for a reference page.
    package var words: String {
        switch scheme {
        case .sharedSecret(let header): "The secret stands in the header `\(header)`."
        case .bodyCode(let header, let prefix, let encoding):
            "The header `\(header)` holds "
                + (prefix.isEmpty ? "" : "`\(prefix)` and ")
                + "HMAC-SHA256 of the body in \(encoding)."
        case .timestampedCode(let header):
            "The header `\(header)` holds `t=<seconds>,v1=<code>`, the code being HMAC-SHA256 in hex "
                + "of `<t>.<body>`\(limit)."
        case .standardWebhooks(let headers):
            "Standard Webhooks: `\(headers)-id`, `\(headers)-timestamp` and `\(headers)-signature`, "
                + "which holds HMAC-SHA256 in base64 of `<id>.<timestamp>.<body>`\(limit)."
        case .ed25519(let signature, let timestamp):
            "The header `\(signature)` holds an Ed25519 signature in hex of the text of `\(timestamp)` "
                + "and the body\(limit)."
        }
    }

    private var limit: String {
        "; a time more than \(tolerance.components.seconds) s off is refused"
    }
}

extension WebhookSource {
    /// How a delivery proves itself and where its parts stand, one sentence each.
    package var words: [String] {
        var lines = [verification.words]
        if let signature {
            lines.append(
                "Where the service signs, the signature is demanded as well. \(signature.words)")
        }
        lines.append(
            mintsSecret
                ? "The instance makes the secret, unless the environment gives one, and provisioning "
                    + "tells the service."
                : "The service gives the secret out.")
        let places = [
            ("id", id), ("name", event), ("user", userID), ("time", occurredAt),
            ("properties", properties), ("person's properties", personProperties),
        ]
        let named = places.compactMap { name, path in path.map { "\(name) `\($0)`" } }
        lines.append("Places in the body: \(named.joined(separator: ", ")).")
        if let skippedWhenFalse {
            lines.append("Deliveries with `false` at `\(skippedWhenFalse)` are skipped.")
        }
        return lines
    }
}

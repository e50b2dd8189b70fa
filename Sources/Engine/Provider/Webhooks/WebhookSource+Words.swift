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
    ///
    /// `pasted` is the field that users paste to verify deliveries, where there is one.
    package func words(pasted: KeyField?, hasVariables: Bool) -> [String] {
        var lines = [verification.words]
        if let signature {
            lines.append(
                "Where the service signs, the signature is demanded as well. \(signature.words)")
        }
        lines.append(origin(pasted, hasVariables))
        lines.append("Places in the body: \(places.joined(separator: ", ")).")
        if userID != nil, isUserOptional { lines.append("A delivery may name no user.") }
        if let skippedWhenFalse {
            lines.append("Deliveries with `false` at `\(skippedWhenFalse)` are skipped.")
        }
        return lines + replies.map(\.words)
    }

    /// Where what verifies deliveries comes from.
    private func origin(_ pasted: KeyField?, _ hasVariables: Bool) -> String {
        let unless = hasVariables ? ", unless the environment gives one" : ""
        if let pasted {
            return "They are verified with the \(pasted.label) that is pasted (`\(pasted.name)`)"
                + "\(unless)."
        }
        return mintsSecret
            ? "The instance makes the secret\(unless), and provisioning tells the service."
            : "The service gives the secret out: provisioning keeps it\(unless)."
    }

    private var places: [String] {
        let places: [(String, JSONPath?, [JSONPlace])] = [
            ("id", id, []), ("name", event, otherEvents), ("user", userID, otherUserIDs),
            ("time", occurredAt, []), ("properties", properties, []),
            ("person's properties", personProperties, otherPersonProperties.map { JSONPlace($0) }),
        ]
        return places.compactMap { name, path, others in
            path.map { (["\(name) `\($0)`"] + others.map(\.words)).joined(separator: ", else ") }
        }
    }
}

extension JSONPlace {
    fileprivate var words: String {
        prefix.isEmpty ? "`\(path)`" : "`\(path)` where it begins with `\(prefix)`"
    }
}

extension WebhookReply {
    fileprivate var words: String {
        let (literal, answer) = (Self.text(literal), Self.text(answer))
        return "A delivery with `\(literal)` at `\(path)` is answered with `\(answer)`"
            + (stores ? " once it is stored." : " and not stored.")
    }

    private static func text(_ json: JSONValue) -> String {
        String(decoding: json.encoded(), as: UTF8.self)
    }
}

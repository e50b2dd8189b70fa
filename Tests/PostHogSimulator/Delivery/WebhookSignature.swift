package import Engine

/// How the newest servers sign a delivery: by the symmetric scheme of Standard Webhooks.
package struct WebhookSignature: Sendable {
    /// It stays over attempts.
    private let id: String
    private let key: [UInt8]

    /// Nil for a secret that is not at least 24 bytes in base64; nothing is sent then.
    package init?(secret: String, id: String = UUID().uuidString.lowercased()) {
        let text = secret.hasPrefix("whsec_") ? secret.dropFirst(6) : secret[...]
        guard let key = Base64.decode(text), key.count >= 24 else { return nil }
        self.id = id
        self.key = key
    }

    package func headers(over body: Data, at time: Date) -> [(String, String)] {
        let seconds = String(Int64(time.timeIntervalSince1970))
        let code = try? HMACSHA256.code(for: Array("\(id).\(seconds).".utf8) + body, key: key)
        return [
            ("webhook-id", id), ("webhook-timestamp", seconds),
            ("webhook-signature", "v1,\(Base64.encode(code ?? []))"),
        ]
    }
}

import Engine

/// Rows of the earlier implementation, by the rule and not by the sealer.
enum LegacyRow {
    static func seal(_ text: String, secret: String) throws -> String {
        Base64URL.encode(
            try AESGCM.seal(
                Array(text.utf8), key: SHA256.hash(Array(secret.utf8)), additionalData: []))
    }

    static func open(_ payload: String, secret: String) throws -> String {
        let plaintext = try AESGCM.open(
            Base64URL.decode(payload) ?? [], key: SHA256.hash(Array(secret.utf8)),
            additionalData: [])
        return String(decoding: plaintext, as: UTF8.self)
    }
}

import Engine

/// The method S256 as a server computes it (RFC 7636 §4.6), apart from what the engine's client does.
enum S256 {
    static func challenge(of verifier: String) -> String? {
        (try? SHA256.hash(Array(verifier.utf8))).map { Base64URL.encode($0) }
    }
}

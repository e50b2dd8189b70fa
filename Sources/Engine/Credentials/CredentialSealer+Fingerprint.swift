extension CredentialSealer {
    /// A name for a grant's tokens that tells nothing of them: a keyed hash (RFC 5869 over the key).
    ///
    /// Of both tokens, since a server that does not rotate repeats the refresh token.
    func fingerprint(of grant: Grant) throws(OpenSSLError) -> String {
        try fingerprint(of: grant, under: current)
    }

    /// Whether it is the name of these tokens, under this key or an earlier one.
    func isFingerprint(_ text: String, of grant: Grant) -> Bool {
        all.contains { (try? fingerprint(of: grant, under: $0)) == text }
    }

    private func fingerprint(of grant: Grant, under key: SealingKey) throws(OpenSSLError) -> String
    {
        let tokens = [grant.refreshToken?.reveal() ?? "", grant.accessToken.reveal()]
        let info = "hogsend token fingerprint\n" + tokens.joined(separator: "\n")
        return Base64URL.encode(
            try HKDF.derive(from: key.bytes(for: .envelope), info: info, count: 16))
    }
}

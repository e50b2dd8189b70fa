extension CredentialSealer {
    /// A name for a grant's tokens that tells nothing of them: a keyed hash (RFC 5869 over the key).
    ///
    /// Of both tokens, since a server that does not rotate repeats the refresh token.
    func fingerprint(of grant: Grant) throws(OpenSSLError) -> String {
        try fingerprint(of: grant, under: current)
    }

    /// Every name that these tokens may have been given, under this key and the earlier ones.
    func fingerprints(of grant: Grant) -> [String] {
        all.compactMap { try? fingerprint(of: grant, under: $0) }
    }

    func isFingerprint(_ text: String, of grant: Grant) -> Bool {
        fingerprints(of: grant).contains(text)
    }

    private func fingerprint(of grant: Grant, under key: SealingKey) throws(OpenSSLError) -> String
    {
        let tokens = [grant.refreshToken?.reveal() ?? "", grant.accessToken.reveal()]
        let info = "hogsend token fingerprint\n" + tokens.joined(separator: "\n")
        return Base64URL.encode(
            try HKDF.derive(from: key.bytes(for: .envelope), info: info, count: 16))
    }

    // MARK: The webhook secret of a provider that was left

    /// A name that tells nothing of the secret: a keyed hash.
    func name(ofWebhookSecret secret: Secret, _ provider: ProviderID) throws(OpenSSLError) -> String
    { try name(secret, provider, under: current) }

    func isName(_ text: String, ofWebhookSecret secret: Secret, _ provider: ProviderID) -> Bool {
        all.contains { key in
            guard let name = try? name(secret, provider, under: key) else { return false }
            return ConstantTime.equal(name, text)
        }
    }

    private func name(
        _ secret: Secret, _ provider: ProviderID, under key: SealingKey
    ) throws(OpenSSLError) -> String {
        let info = "hogsend webhook tombstone\n\(provider.rawValue)\n\(secret.reveal())"
        return Base64URL.encode(
            try HKDF.derive(from: key.bytes(for: .envelope), info: info, count: 32))
    }
}

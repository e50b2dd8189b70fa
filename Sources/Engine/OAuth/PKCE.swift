/// RFC 7636 with S256; there is no other method in this program.
package struct PKCE: Sendable {
    /// 43 characters, 256 bits of randomness (§4.1, §7.1).
    package let verifier: Secret
    /// BASE64URL(SHA256(verifier)), without padding (§4.2).
    package let challenge: String

    package init() throws(OpenSSLError) {
        try self.init(verifier: Random.token())
    }

    package init(verifier: String) throws(OpenSSLError) {
        self.verifier = Secret(verifier)
        challenge = Base64URL.encode(try SHA256.hash(Array(verifier.utf8)))
    }
}

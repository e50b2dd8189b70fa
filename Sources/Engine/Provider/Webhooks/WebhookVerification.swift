/// How a delivery proves that the service sent it, as data.
///
/// A proof is checked over the bytes as they came, before anything reads them, and in constant time.
/// Without a secret, with a header that is there twice and with one that is malformed there is none.
/// Where a time is signed, a delivery that is older than the tolerance, or as far in the future, is
/// refused; within it a repetition is told by its event's id.
public struct WebhookVerification: Sendable, Equatable {
    /// How bytes are written in a header.
    public enum Encoding: Sendable, Equatable {
        /// Two digits a byte, in either case.
        case hex
        /// RFC 4648 §4, with padding.
        case base64
    }

    package enum Scheme: Sendable, Equatable {
        case sharedSecret(header: String)
        case bodyCode(header: String, prefix: String, Encoding)
        case timestampedCode(header: String)
        case standardWebhooks(headers: String)
        case ed25519(signature: String, timestamp: String)
    }

    /// How far from now a signed time may be, unless told otherwise: five minutes.
    public static let defaultTolerance = Duration.seconds(300)

    package let scheme: Scheme
    package let tolerance: Duration

    private init(_ scheme: Scheme, _ tolerance: Duration = defaultTolerance) {
        self.scheme = scheme
        self.tolerance = tolerance
    }

    /// The secret itself stands in a header.
    public static func sharedSecret(header: String) -> Self { Self(.sharedSecret(header: header)) }

    /// HMAC-SHA256 over the body stands in a header behind a prefix, such as `sha256=`.
    public static func hmacSHA256(
        header: String, prefix: String = "", encoding: Encoding = .hex
    ) -> Self { Self(.bodyCode(header: header, prefix: prefix, encoding)) }

    /// HMAC-SHA256 in hex over `<t>.<body>` stands in a header `t=<seconds>,v1=<code>`.
    ///
    /// One code of several `v1` suffices; what has other names is passed over. The key is the
    /// secret's text (RFC 2104).
    public static func timestampedHMACSHA256(
        header: String, tolerance: Duration = defaultTolerance
    ) -> Self { Self(.timestampedCode(header: header), tolerance) }

    /// HMAC-SHA256 over `<id>.<timestamp>.<body>`, by the symmetric scheme of Standard Webhooks.
    ///
    /// The headers are `<headers>-id`, `-timestamp` and `-signature`, in which one `v1,<base64>` of
    /// several suffices. The key is the secret in base64, behind `whsec_` or bare
    /// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
    public static func standardWebhooks(
        headers: String = "webhook", tolerance: Duration = defaultTolerance
    ) -> Self { Self(.standardWebhooks(headers: headers), tolerance) }

    /// An Ed25519 signature in hex over the timestamp's text and the body, one behind the other.
    ///
    /// The secret is the service's public key in hex (RFC 8032 §5.1.7).
    public static func ed25519(
        signature: String, timestamp: String, tolerance: Duration = defaultTolerance
    ) -> Self { Self(.ed25519(signature: signature, timestamp: timestamp), tolerance) }

    /// Whether any text that is hard to guess will do for a secret; a public key is the service's.
    var takesMintedSecrets: Bool {
        if case .ed25519 = scheme { false } else { true }
    }

    /// A new secret of the form that the scheme wants.
    package func mintSecret() -> Secret {
        guard case .standardWebhooks = scheme else { return Secret(Random.token()) }
        return Secret(SigningKey.prefix + Base64.encode(Random.bytes(32)))
    }
}

public import Engine

/// Proves deliveries as a service does, by any scheme of ``WebhookVerification``.
public struct DeliveryForge: Sendable {
    /// What the instance has to know: the shared secret, or the public key.
    public let secret: Secret
    private let verification: WebhookVerification
    private let keys: Ed25519.KeyPair?

    /// Makes a service with a secret of its own.
    ///
    /// - Throws: an error when OpenSSL makes no key.
    public init(_ verification: WebhookVerification) throws {
        self.verification = verification
        if verification.isSignedByService {
            let keys = try Ed25519.KeyPair()
            self.keys = keys
            secret = Secret(Hex.encode(keys.publicKey))
        } else {
            keys = nil
            secret = verification.mintSecret()
        }
    }

    /// A service that proves with a secret that is known, which is none of its own where it signs
    /// with a private key.
    init(_ verification: WebhookVerification, secret: Secret) throws {
        guard !verification.isSignedByService else {
            self = try DeliveryForge(verification)
            return
        }
        self.verification = verification
        self.secret = secret
        keys = nil
    }

    /// The header fields that prove a delivery, signed at a time where the scheme signs one.
    ///
    /// - Throws: an error when OpenSSL does not sign.
    public func headers(
        for body: Data, at date: Date = Date(), id: String = "msg_contract"
    ) throws -> HTTPHeaders {
        let time = String(Int64(date.timeIntervalSince1970))
        switch verification.scheme {
        case .sharedSecret(let header): return [header: secret.reveal()]
        case .bodyCode(let header, let prefix, let encoding):
            let code = try code(for: Array(body))
            return [header: prefix + (encoding == .hex ? Hex.encode(code) : Base64.encode(code))]
        case .timestampedCode(let header):
            let code = try code(for: Array("\(time).".utf8) + body)
            return [header: "t=\(time),v1=\(Hex.encode(code))"]
        case .standardWebhooks(let prefix):
            let code = try code(for: Array("\(id).\(time).".utf8) + body)
            return [
                "\(prefix)-id": id, "\(prefix)-timestamp": time,
                "\(prefix)-signature": "v1,\(Base64.encode(code))",
            ]
        case .ed25519(let signature, let timestamp):
            let bytes = try keys?.signature(of: Array(time.utf8) + body) ?? []
            return [timestamp: time, signature: Hex.encode(bytes)]
        }
    }

    private func code(for message: [UInt8]) throws -> [UInt8] {
        try HMACSHA256.code(for: message, key: key)
    }

    /// The key of Standard Webhooks stands in base64 behind a prefix.
    private var key: [UInt8] {
        let text = secret.reveal()
        guard case .standardWebhooks = verification.scheme else { return Array(text.utf8) }
        return Base64.decode(text.split(separator: "_").last ?? "") ?? []
    }
}

import Engine

extension WebhookVerification {
    /// The headers that carry a proof.
    var headers: [String] {
        switch scheme {
        case .sharedSecret(let header), .bodyCode(let header, _, _), .timestampedCode(let header):
            [header]
        case .standardWebhooks(let prefix):
            ["\(prefix)-id", "\(prefix)-timestamp", "\(prefix)-signature"]
        case .ed25519(let signature, let timestamp): [signature, timestamp]
        }
    }

    /// Whether a time is signed.
    var isTimed: Bool {
        switch scheme {
        case .sharedSecret, .bodyCode: false
        case .timestampedCode, .standardWebhooks, .ed25519: true
        }
    }

    /// Whether a proof depends on the body.
    var isSigned: Bool {
        if case .sharedSecret = scheme { false } else { true }
    }

    /// Whether the secret is the service's public key.
    var isSignedByService: Bool {
        if case .ed25519 = scheme { true } else { false }
    }
}

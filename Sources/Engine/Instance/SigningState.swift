/// How far it has come with the second proof of a provider's deliveries.
///
/// That a service keeps a secret does not say that it signs with it, and one that is taken back to an
/// earlier release stops. So a signature is demanded from when one was seen, never before; what comes
/// without it then is refused and noted, and the next provisioning begins anew.
struct SigningState: Sendable, Equatable {
    /// Its name among what is kept under the kind `derived`, as JSON in a text.
    static let member = "webhookSigning"

    let secret: Secret
    /// What reads back as having taken the secret; nil until it is known.
    var object: String?
    /// From when a signature may be demanded: until then something unsigned may be under way.
    var from: Date?
    /// Whether a signed delivery has come.
    var isSeen = false
    /// When the first one without a right signature was refused since the last provisioning.
    var refusedAt: Date?

    init(secret: Secret) { self.secret = secret }

    /// Whether the next signed delivery is the first.
    var isAwaited: Bool { object != nil && !isSeen }

    func isDemanded(at now: Date) -> Bool { isSeen && from.map { $0 <= now } ?? false }

    // MARK: What happens to it

    /// With a new secret, of which the service does not know yet; it signs with the old one.
    func renewed(_ secret: Secret) -> SigningState {
        var state = SigningState(secret: secret)
        (state.from, state.isSeen, state.refusedAt) = (from, isSeen, refusedAt)
        return state
    }

    /// After provisioning: the service has the secret, or signs no more.
    func confirmed(by object: String?, from start: Date) -> SigningState {
        var state = SigningState(secret: secret)
        guard let object else { return state }
        state.object = object
        state.from = from ?? start
        state.isSeen = isSeen && refusedAt == nil
        return state
    }

    func seen() -> SigningState {
        var state = self
        state.isSeen = true
        return state
    }

    func refused(at now: Date) -> SigningState {
        var state = self
        state.refusedAt = refusedAt ?? now
        return state
    }
}

extension SigningState {
    init?(_ member: JSONValue?) {
        guard let text = member?.string, let json = JSONValue(decoding: Data(text.utf8)),
            let secret = json["secret"]?.string, !secret.isEmpty
        else { return nil }
        self.init(secret: Secret(secret))
        object = json["object"]?.string
        from = json["from"]?.string.flatMap { Date(iso8601: $0) }
        isSeen = json["seen"] == true
        refusedAt = json["refusedAt"]?.string.flatMap { Date(iso8601: $0) }
    }

    /// As the derived row holds it.
    var member: JSONValue {
        let json: JSONValue = [
            "secret": .string(secret.reveal()), "object": object.map { .string($0) } ?? .null,
            "from": from.map { .string($0.iso8601) } ?? .null, "seen": .bool(isSeen),
            "refusedAt": refusedAt.map { .string($0.iso8601) } ?? .null,
        ]
        return .string(String(decoding: json.encoded(), as: UTF8.self))
    }
}

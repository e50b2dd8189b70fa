/// What a delivery's proofs are worth against the secrets of its provider.
enum DeliveryStanding: Sendable, Equatable {
    /// It is the service's; whether it was signed as well.
    case known(isSigned: Bool)
    /// It carries what it must, and not the signature that is demanded.
    case unsigned
    case unknown
}

extension WebhookKeys {
    func standing(
        of proof: WebhookProof, _ source: WebhookSource, at now: Date
    ) -> DeliveryStanding {
        guard proof.holds(for: source.verification, accepted(at: now)) else { return .unknown }
        guard let signature = source.signature, let signing else { return .known(isSigned: false) }
        let isSigned = proof.holds(for: signature, signers(at: now))
        return isSigned || !signing.isDemanded(at: now) ? .known(isSigned: isSigned) : .unsigned
    }

    /// In the words of answers: which of the two proofs nobody gets past.
    func protection(at now: Date) -> String {
        signing?.isDemanded(at: now) == true ? "signature" : "secret_header"
    }
}

/// What was seen of a test event, and what follows from it.
struct LoopFinding: Sendable {
    let patience: Duration
    /// After how long it arrived.
    var arrival: Duration?
    /// What the service said; nil when it had not by the end.
    var answer: Result<TestDelivery, ProvisionError>?
    /// How many deliveries were refused here meanwhile for their secret.
    var refusals = 0

    init(
        patience: Duration, arrival: Duration? = nil,
        answer: Result<TestDelivery, ProvisionError>? = nil, refusals: Int = 0
    ) {
        self.patience = patience
        self.arrival = arrival
        self.answer = answer
        self.refusals = refusals
    }

    /// `hint` says what helps against a failure of the provider's.
    func reply(
        provider: String, address: URL, hint: (ProvisionError) -> String? = { $0.hint }
    ) -> LoopReply {
        let words = LoopWords(provider: provider, address: address.absoluteString)
        if let arrival {
            return .proven(
                milliseconds: arrival.milliseconds, note: complaint.map(words.complaint))
        }
        switch answer {
        case nil where refusals > 0, .success(.sent) where refusals > 0,
            .success(.answered(status: 401)) where refusals > 0:
            return .lost(words.wrongSecret)
        case .success(let delivery): return .lost(words.loss(delivery, after: patience))
        case .failure(let error):
            return .lost(LoopLoss(.service, error.description, hint: hint(error)))
        case nil: return .lost(words.noAnswer(after: patience))
        }
    }

    /// What the service was not content with, though the event arrived.
    private var complaint: TestDelivery? {
        guard case .success(let delivery) = answer else { return nil }
        switch delivery {
        case .sent, .answered(status: 200..<300): return nil
        default: return delivery
        }
    }
}

/// What is made where there is none to keep.
extension WebhookKeeping {
    /// One that was made, and the secret that the service gave out for it.
    typealias Made = (id: String, secret: Secret?)

    private var step: String { "POST \(collection.path)" }

    func make(_ choice: WebhookChoice) async throws(ProvisionError) -> Made {
        let body = collection.body(.object(collection.creation), try settings())
        let creation = WebhookCreation(
            address: url, listed: choice.listed, noted: context.derived[Self.madeMember])
        try await context.keep([creation.value])
        let answer: JSONValue
        do throws(ProvisionError) {
            answer = try await context.call("POST", collection.path, body, for: provider)
        } catch {
            // What was refused was not made, so that nothing of somebody else's is taken for it.
            if error.isRefusal { try? await context.keep([creation.refusal]) }
            throw error
        }
        return try await made(answer.value(at: collection.answered) ?? .null, creation)
    }

    private func made(
        _ webhook: JSONValue, _ creation: WebhookCreation
    ) async throws(ProvisionError) -> Made {
        let id = collection.id(of: webhook)
        guard let secretGiven else {
            if let id { return (id, nil) }
            guard let found = receivers(among: try await all()).first else {
                throw .answerIsNot("a webhook", step: step)
            }
            return (found.id, nil)
        }
        if let id, let secret = webhook.value(at: secretGiven)?.string, !secret.isEmpty {
            return (id, Secret(secret))
        }
        await withdraw(id, creation)
        guard id != nil else { throw .answerIsNot("a webhook", step: step) }
        throw .unexpectedAnswer(
            step: step, status: nil, detail: "the answer has no secret at '\(secretGiven)'")
    }

    /// Takes one away again whose deliveries nobody could prove, as far as that works.
    private func withdraw(_ id: String?, _ creation: WebhookCreation) async {
        let new = try? await all().filter {
            $0.place == ours && !creation.listed.contains($0.id)
        }
        guard let id = id ?? (new?.count == 1 ? new?.first?.id : nil) else { return }
        do throws(ProvisionError) {
            try await delete(id)
            try await context.keep([creation.refusal])
        } catch {
            // It is told as one that may have been made, and the next run disables it.
            return
        }
    }
}

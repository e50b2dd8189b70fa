extension ProvisionError {
    /// The remedy, in words that fit how users prove who they are.
    package func hint(for authentication: Authentication) -> String? {
        guard case .missingScope(_, let provider) = self else { return hint }
        return authentication.keyFields.isEmpty
            ? "run `hogsend connect \(provider)` again and leave every permission ticked"
            : "give the key this permission, or paste another with `hogsend connect \(provider)`"
    }

    /// The same with each text put through `clean`, since a service may repeat what it was sent.
    package func cleaned(_ clean: (String) -> String) -> ProvisionError {
        switch self {
        case .unauthorized: self
        case .missingScope(let scope, let provider):
            .missingScope(scope.map { Scope(rawValue: clean($0.rawValue)) }, provider: provider)
        case .keysRefused(let reason): .keysRefused(reason: clean(reason))
        case .unsupportedInstance(let host, let reason):
            .unsupportedInstance(host: host, reason: clean(reason))
        case .projectDiscoveryFailed(let reason, let candidates):
            .projectDiscoveryFailed(
                reason: clean(reason),
                candidates: candidates.map { .init(id: clean($0.id), name: clean($0.name)) })
        case .unexpectedAnswer(let step, let status, let detail):
            .unexpectedAnswer(step: clean(step), status: status, detail: detail.map(clean))
        }
    }
}

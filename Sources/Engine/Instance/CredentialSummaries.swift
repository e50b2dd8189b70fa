/// Words what may be said of a stored credential.
struct CredentialSummaries: Sendable {
    let registry: ProviderRegistry
    let gaps: ObservedGaps

    private func provider(of stored: StoredCredential) -> (any Provider)? {
        try? registry.provider(stored.provider.rawValue)
    }

    private func keys(_ stored: StoredCredential) -> KeyCredential? {
        stored.keys(provider(of: stored)?.authentication.keyFields ?? [])
    }

    /// Whether it opens and holds what its kind says.
    func isUsable(_ stored: StoredCredential) -> Bool {
        stored.kind == .oauth ? stored.grant(fields: []) != nil : keys(stored) != nil
    }

    func summary(ofGrant stored: StoredCredential, _ status: CredentialStatus) -> JSONValue {
        let provider = provider(of: stored)
        let names = provider?.grantFields.filter(\.isInSummary).map(\.name) ?? []
        let grant = stored.grant(fields: Set(names))
        let opened = grant.map { grant in
            CredentialSummary.Opened(
                scopes: grant.scopes.map(\.rawValue), expiresAt: grant.expiresAt?.iso8601)
        }
        var fields = (grant?.fields ?? [:]).merging(status.members) { $1 }
        if let grant {
            let gap = provider.map { gaps.gap(of: grant.scopes, $0) } ?? []
            fields["scopeGap"] = .array(gap.map { .string($0.rawValue) })
            let missing = provider?.features(lacking: gap) ?? []
            fields["missingFeatures"] = .array(missing.map { .string($0.name) })
        } else {
            fields["reason"] = .string(stored.reasonWithoutContents)
        }
        return json(stored, opened, fields, names)
    }

    /// Nobody knows the scopes of pasted keys; what was seen to fail is said.
    func summary(ofKeys stored: StoredCredential) -> JSONValue {
        let provider = provider(of: stored)
        let names = provider?.authentication.keyFields.filter { !$0.isSecret }.map(\.name) ?? []
        guard let keys = keys(stored) else {
            return json(
                stored, nil, ["reason": .string(stored.reasonWithoutContents)], names)
        }
        let missing = provider.map { gaps.missingFeatures(nil, $0) } ?? []
        let fields = keys.fields.merging([
            "status": .string(CredentialStatus.Word.ok.rawValue), "scopeGap": [],
            "missingFeatures": .array(missing.map { .string($0.name) }),
        ]) { $1 }
        return json(stored, CredentialSummary.Opened(scopes: [], expiresAt: nil), fields, names)
    }

    private func json(
        _ stored: StoredCredential, _ opened: CredentialSummary.Opened?,
        _ fields: [String: JSONValue], _ names: [String]
    ) -> JSONValue {
        CredentialSummary(
            providerID: stored.provider.rawValue, kind: stored.kind.rawValue,
            createdAt: stored.createdAt, updatedAt: stored.updatedAt, keyID: stored.keyID,
            opened: opened, fields: fields
        ).json(fieldNames: names)
    }
}

extension CredentialStatus {
    /// Its members in the answer about a credential.
    fileprivate var members: [String: JSONValue] {
        func text(_ date: Date?) -> JSONValue { date.map { .string($0.iso8601) } ?? .null }
        return [
            "status": .string(word.rawValue), "reason": reason.map { .string($0) } ?? .null,
            "since": text(since), "lastRefreshAt": text(lastRefresh),
            "nextAttemptAt": text(nextAttempt),
        ]
    }
}

extension StoredCredential {
    /// Why no credential comes out of the row, as the end of a sentence.
    var reasonWithoutContents: String {
        failure?.description ?? "what it holds is no \(kind == .oauth ? "grant" : "key")"
    }
}

extension Provider {
    /// The names under which a grant keeps this provider's own members.
    package var grantFieldNames: Set<String> { Set(grantFields.map(\.name)) }
}

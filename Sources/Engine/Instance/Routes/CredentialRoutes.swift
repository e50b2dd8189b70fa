/// `/v1/admin/provider-credentials`: grants come in and go, and never come out.
struct CredentialRoutes: InstanceRoute {
    let tokens: TokenManager
    let registry: ProviderRegistry
    let gaps: ObservedGaps

    func register(in routes: inout InstanceRoutes) {
        let one = "\(APIPath.credentials)/{provider}"
        routes.admin("GET", APIPath.credentials) { _ in try await list() }
        routes.admin("GET", one) { try await get(Self.id($0)) }
        routes.admin("PUT", one) { try await put($0) }
        routes.admin("DELETE", one) { try await delete(Self.id($0)) }
        routes.admin("POST", "\(one)/refresh") { try await refresh(Self.id($0)) }
    }

    private var store: CredentialStore { tokens.parts.store }

    /// Nothing is stored under a name with a zero byte, and not every database takes one to look for.
    private static func id(_ request: ServerRequest) -> ProviderID {
        let name = request.parameters["provider"] ?? ""
        return ProviderID(rawValue: name.utf8.contains(0) ? "" : name)
    }

    private func list() async throws -> HTTPResponse {
        let rows = try await store.all(.oauth)
        var summaries: [JSONValue] = []
        for row in rows { summaries.append(try await summary(row)) }
        return .json(["credentials": .array(summaries)])
    }

    private func get(_ id: ProviderID) async throws -> HTTPResponse {
        guard let stored = try await store.load(id, .oauth) else { throw Self.notStored }
        guard stored.grant(fields: []) != nil else {
            throw APIError(
                409, "credential_undecryptable",
                detail: "a credential is stored, but \(stored.reasonWithoutGrant)",
                remediation: stored.failure?.hint ?? "delete the credential and connect again")
        }
        return .json(try await summary(stored))
    }

    private func put(_ request: ServerRequest) async throws -> HTTPResponse {
        let provider = try registry.provider(request.parameters["provider"] ?? "")
        let grant = try Self.grant(in: try request.jsonObject(), for: provider)
        // First: an open leaving must not take the new grant for the one that it is about.
        try await tokens.parts.disconnects.forget(provider.id)
        let stored = try await store.save(provider.id, .oauth, grant.json)
        gaps.forget(provider.id)
        try? await tokens.reload(provider.id)
        return .json(try await summary(stored))
    }

    private static func grant(
        in body: JSONValue, for provider: any Provider
    ) throws(APIError) -> Grant {
        guard body["kind"]?.string == "oauth" else {
            throw APIError(400, "invalid_credential", detail: "'kind' is not 'oauth'")
        }
        guard let payload = body["payload"], payload.object != nil else {
            throw APIError(400, "invalid_credential", detail: "'payload' is not an object")
        }
        do throws(Grant.Malformed) {
            let grant = try Grant(payload, fields: provider.grantFieldNames)
            guard grant.refreshToken != nil || !provider.requiresRefreshToken else {
                throw Grant.Malformed(reason: "'refreshToken' is missing")
            }
            return grant
        } catch {
            throw APIError(400, "invalid_credential", detail: error.reason)
        }
    }

    private func delete(_ id: ProviderID) async throws -> HTTPResponse {
        gaps.forget(id)
        guard try await store.delete(id) else { throw Self.notStored }
        // The row is gone, whatever becomes of what is noted and remembered of it.
        try? await tokens.parts.journal.delete(id)
        // Else a leaving that was not finished would wait for a token that nobody has any more.
        try? await tokens.parts.disconnects.forget(id)
        try? await tokens.reload(id)
        return .json(["deleted": true])
    }

    /// Refreshes now, whatever is known of earlier failures.
    private func refresh(_ id: ProviderID) async throws -> HTTPResponse {
        do throws(TokenError) {
            _ = try await tokens.refresh(id)
        } catch {
            switch error {
            case .notConnected, .unreadable: break
            case .database(let error): throw error
            case .needsReconnect, .unavailable:
                throw APIError(
                    502, error.code, detail: error.description, remediation: error.hint)
            }
        }
        return try await get(id)
    }

    private static let notStored = APIError(
        404, "not_found", detail: "nothing is stored for this provider")

    private func summary(_ stored: StoredCredential) async throws -> JSONValue {
        let provider = try? registry.provider(stored.provider.rawValue)
        let names = provider?.grantFields.filter(\.isInSummary).map(\.name) ?? []
        let grant = stored.grant(fields: Set(names))
        let opened = grant.map { grant in
            CredentialSummary.Opened(
                scopes: grant.scopes.map(\.rawValue), expiresAt: grant.expiresAt?.iso8601)
        }
        let status = try await tokens.parts.status(of: stored)
        var fields = (grant?.fields ?? [:]).merging(status.members) { $1 }
        if let grant {
            let gap = provider.map { gaps.gap(of: grant.scopes, $0) } ?? []
            fields["scopeGap"] = .array(gap.map { .string($0.rawValue) })
            let missing = provider?.features(lacking: gap) ?? []
            fields["missingFeatures"] = .array(missing.map { .string($0.name) })
        } else {
            fields["reason"] = .string(stored.reasonWithoutGrant)
        }
        return CredentialSummary(
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
    /// Why no grant comes out of the row, as the end of a sentence.
    fileprivate var reasonWithoutGrant: String {
        failure?.description ?? "what it holds is no grant"
    }
}

extension Provider {
    /// The names under which a grant keeps this provider's own members.
    package var grantFieldNames: Set<String> { Set(grantFields.map(\.name)) }
}

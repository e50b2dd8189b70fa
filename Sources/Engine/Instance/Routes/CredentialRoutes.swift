/// `/v1/admin/provider-credentials`: grants and keys come in and go, and never come out.
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
        let grants = try await store.all(.oauth).map { ($0.provider, $0) }
        let keys = try await store.all(.apiKey).map { ($0.provider, $0) }
        let rows = Dictionary(grants + keys) { isOfItsKind($0) ? $0 : $1 }.values
        var summaries: [JSONValue] = []
        for row in rows.sorted(by: { $0.provider.rawValue < $1.provider.rawValue }) {
            summaries.append(try await summary(row))
        }
        return .json(["credentials": .array(summaries)])
    }

    private func get(_ id: ProviderID) async throws -> HTTPResponse {
        guard let stored = try await stored(id) else { throw Self.notStored }
        guard summaries.isUsable(stored) else {
            throw APIError(
                409, "credential_undecryptable",
                detail: "a credential is stored, but \(stored.reasonWithoutContents)",
                remediation: stored.failure?.hint ?? "delete the credential and connect again")
        }
        return .json(try await summary(stored))
    }

    /// Of two kinds, the one that the provider uses: the other one is left of an earlier release.
    private func stored(_ id: ProviderID) async throws -> StoredCredential? {
        let kind = kind(of: id)
        if let row = try await store.load(id, kind) { return row }
        return try await store.load(id, kind == .oauth ? .apiKey : .oauth)
    }

    private func kind(of id: ProviderID) -> CredentialKind {
        (try? registry.provider(id.rawValue))?.authentication.credentialKind ?? .oauth
    }

    private func isOfItsKind(_ row: StoredCredential) -> Bool { row.kind == kind(of: row.provider) }

    private func put(_ request: ServerRequest) async throws -> HTTPResponse {
        let provider = try registry.provider(request.parameters["provider"] ?? "")
        let kind = provider.authentication.credentialKind
        let contents = try Self.contents(of: try request.jsonObject(), kind, for: provider)
        // First: an open leaving must not take the new grant for the one that it is about.
        try await tokens.parts.disconnects.forget(provider.id)
        let stored = try await store.save(provider.id, kind, contents)
        try await store.delete(provider.id, kind == .oauth ? .apiKey : .oauth)
        gaps.forget(provider.id)
        try? await tokens.reload(provider.id)
        return .json(try await summary(stored))
    }

    private static func contents(
        of body: JSONValue, _ kind: CredentialKind, for provider: any Provider
    ) throws(APIError) -> JSONValue {
        guard body["kind"]?.string == kind.rawValue else {
            throw APIError(400, "invalid_credential", detail: "'kind' is not '\(kind.rawValue)'")
        }
        guard let payload = body["payload"], payload.object != nil else {
            throw APIError(400, "invalid_credential", detail: "'payload' is not an object")
        }
        return kind == .oauth
            ? try grant(in: payload, for: provider).json : try keys(in: payload, for: provider).json
    }

    private static func keys(
        in payload: JSONValue, for provider: any Provider
    ) throws(APIError) -> KeyCredential {
        do throws(KeyCredential.Malformed) {
            return try KeyCredential(
                payload, declared: provider.authentication.keyFields, checkingRules: true)
        } catch {
            throw APIError(400, "invalid_credential", detail: error.reason)
        }
    }

    private static func grant(
        in payload: JSONValue, for provider: any Provider
    ) throws(APIError) -> Grant {
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
        if try await stored(id)?.kind == .apiKey { throw Self.nothingToRefresh(id) }
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

    private static func nothingToRefresh(_ id: ProviderID) -> APIError {
        APIError(
            409, "nothing_to_refresh", detail: "a pasted key is not renewed",
            remediation: "run `hogsend connect \(id)` to store another one")
    }

    private var summaries: CredentialSummaries {
        CredentialSummaries(registry: registry, gaps: gaps)
    }

    private func summary(_ stored: StoredCredential) async throws -> JSONValue {
        guard stored.kind == .oauth else { return summaries.summary(ofKeys: stored) }
        return summaries.summary(ofGrant: stored, try await tokens.parts.status(of: stored))
    }
}

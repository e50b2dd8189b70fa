/// `/v1/admin/provider-credentials`: grants come in and go, and never come out.
struct CredentialRoutes: InstanceRoute {
    let store: CredentialStore
    let registry: ProviderRegistry

    func register(in routes: inout InstanceRoutes) {
        let one = "\(APIPath.credentials)/{provider}"
        routes.admin("GET", APIPath.credentials) { _ in try await list() }
        routes.admin("GET", one) { try await get(Self.id($0)) }
        routes.admin("PUT", one) { try await put($0) }
        routes.admin("DELETE", one) { try await delete(Self.id($0)) }
    }

    private static func id(_ request: ServerRequest) -> ProviderID {
        ProviderID(rawValue: request.parameters["provider"] ?? "")
    }

    private func list() async throws -> HTTPResponse {
        let rows = try await store.all(.oauth)
        return .json(["credentials": .array(rows.map(summary))])
    }

    private func get(_ id: ProviderID) async throws -> HTTPResponse {
        guard let stored = try await store.load(id, .oauth) else {
            throw APIError(404, "not_found", detail: "nothing is stored for this provider")
        }
        guard stored.grant(fields: []) != nil else {
            throw APIError(
                409, "credential_undecryptable",
                detail: "a credential is stored, but \(stored.reasonWithoutGrant)",
                remediation: stored.failure?.hint ?? "delete the credential and connect again")
        }
        return .json(summary(stored))
    }

    private func put(_ request: ServerRequest) async throws -> HTTPResponse {
        let provider = try registry.provider(request.parameters["provider"] ?? "")
        let grant = try Self.grant(in: try request.jsonObject(), for: provider)
        return .json(summary(try await store.save(provider.id, .oauth, grant.json)))
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
        guard try await store.delete(id) else {
            throw APIError(404, "not_found", detail: "nothing is stored for this provider")
        }
        return .json(["deleted": true])
    }

    private func summary(_ stored: StoredCredential) -> JSONValue {
        let provider = try? registry.provider(stored.provider.rawValue)
        let names = provider?.grantFields.filter(\.isInSummary).map(\.name) ?? []
        let grant = stored.grant(fields: Set(names))
        let opened = grant.map { grant in
            CredentialSummary.Opened(
                scopes: grant.scopes.map(\.rawValue), expiresAt: grant.expiresAt?.iso8601)
        }
        return CredentialSummary(
            providerID: stored.provider.rawValue, kind: stored.kind.rawValue,
            createdAt: stored.createdAt, updatedAt: stored.updatedAt, keyID: stored.keyID,
            opened: opened,
            fields: grant?.fields ?? ["reason": .string(stored.reasonWithoutGrant)]
        ).json(fieldNames: names)
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

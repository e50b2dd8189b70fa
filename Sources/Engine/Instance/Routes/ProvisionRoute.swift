/// Sets up the provider's side with what is stored.
struct ProvisionRoute: InstanceRoute {
    let registry: ProviderRegistry
    let provisioner: Provisioner

    func register(in routes: inout InstanceRoutes) {
        for provider in registry.providers {
            for path in provider.allRoutes.map(\.provision) {
                routes.admin("POST", path) { request in
                    let project = try Self.project(try request.jsonObject())
                    return .json(try await provision(provider, project).json)
                }
            }
        }
    }

    private func provision(
        _ provider: any Provider, _ project: String?
    ) async throws -> ProvisionReply {
        do {
            return try await provisioner.provision(provider, project: project)
        } catch let error as ProvisionError {
            throw APIError(
                502, error.code, detail: error.description, remediation: error.hint,
                more: Self.candidates(error))
        }
    }

    private static func project(_ body: JSONValue) throws(APIError) -> String? {
        switch body["projectId"] {
        case nil, .null: return nil
        case .string(let text) where !text.isEmpty && text.utf8.count <= 200: return text
        case .integer(let number): return String(number)
        default:
            throw APIError(400, "invalid_body", detail: "'projectId' is not a text or a number")
        }
    }

    private static func candidates(_ error: ProvisionError) -> [String: JSONValue] {
        guard case .projectDiscoveryFailed(_, let candidates) = error else { return [:] }
        return [
            "candidates": .array(
                candidates.map { ["id": .string($0.id), "name": .string($0.name)] })
        ]
    }
}

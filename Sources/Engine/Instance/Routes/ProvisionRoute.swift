/// Sets up the provider's side with what is stored, says what that would change, tries it, and
/// undoes it.
struct ProvisionRoute: InstanceRoute {
    let registry: ProviderRegistry
    let provisioner: Provisioner

    func register(in routes: inout InstanceRoutes) {
        for provider in registry.providers {
            for path in provider.allRoutes.map(\.provision) {
                routes.admin("POST", path) { request in
                    let asked = try ProvisionRequest(reading: request)
                    return .json(
                        try await Self.worded(provider) { try await answer(provider, asked) })
                }
            }
            routes.admin("POST", APIPath.verify(provider.id)) { request in
                let asked = try ProvisionRequest(toVerify: request)
                return .json(
                    try await Self.worded(provider) {
                        try await provisioner.verify(provider, project: asked.project).json
                    })
            }
            routes.admin("GET", APIPath.drift(provider.id)) { request in
                let project = try request.onlyParameter("projectId")
                return .json(
                    try await Self.worded(provider) {
                        try await provisioner.drift(provider, project: project).driftJSON
                    })
            }
        }
    }

    private func answer(
        _ provider: any Provider, _ asked: ProvisionRequest
    ) async throws -> JSONValue {
        if asked.undoes {
            return try await provisioner.undo(provider, rehearsing: asked.isPlan).json
        }
        if asked.isPlan { return try await provisioner.plan(provider, asked).json }
        return try await provisioner.provision(provider, asked).json
    }

    /// The provider's failure is 502.
    private static func worded(
        _ provider: any Provider, _ body: () async throws -> JSONValue
    ) async throws -> JSONValue {
        do {
            return try await body()
        } catch let error as ProvisionError {
            throw APIError(
                502, error.code, detail: error.description,
                remediation: error.hint(for: provider.authentication),
                more: candidates(error))
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

extension ProvisionRequest {
    /// Refuses what it does not understand, since whoever wanted a look must not get a change.
    init(reading request: ServerRequest) throws(APIError) {
        switch try request.onlyParameter("plan") {
        case nil, "false": break
        case "true": isPlan = true
        default: throw APIError(400, "invalid_query", detail: "'plan' is not 'true' or 'false'")
        }
        let body = try request.jsonObject()
        project = try Self.project(body)
        mergesDuplicates = try body.flag("merge")
        undoes = try body.flag("undo")
        rotatesSecret = try body.flag("rotateSecret")
        grace = try Self.grace(body)
        guard !(rotatesSecret && (undoes || isPlan)), rotatesSecret || grace == nil else {
            throw APIError(
                400, "invalid_body",
                detail:
                    "'rotateSecret' goes with neither 'undo' nor a plan, and 'graceSeconds' with it alone"
            )
        }
        guard !(undoes && (mergesDuplicates || project != nil)) else {
            throw APIError(
                400, "invalid_body", detail: "'undo' goes with neither 'merge' nor 'projectId'")
        }
    }

    /// Of its members only the project means anything where nothing is written.
    init(toVerify request: ServerRequest) throws(APIError) {
        try self.init(reading: request)
        guard !isBeyondOldRoutes else {
            throw APIError(400, "invalid_body", detail: "this route takes 'projectId' alone")
        }
    }

    private static func grace(_ body: JSONValue) throws(APIError) -> Duration? {
        guard let value = body["graceSeconds"], value != .null else { return nil }
        guard let seconds = value.integer, (0...86_400).contains(seconds) else {
            throw APIError(
                400, "invalid_body", detail: "'graceSeconds' is not a number from 0 to 86400")
        }
        return .seconds(seconds)
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
}

extension JSONValue {
    /// A member that is true or false; one that is not there is false.
    func flag(_ name: String) throws(APIError) -> Bool {
        switch self[name] {
        case nil, .null: return false
        case .bool(let value): return value
        default: throw APIError(400, "invalid_body", detail: "'\(name)' is not true or false")
        }
    }
}

extension ServerRequest {
    /// The query's parameter of that name; any other, and one that is there twice, is refused.
    fileprivate func onlyParameter(_ name: String) throws(APIError) -> String? {
        guard let query, query.count <= 1, query.allSatisfy({ $0.name == name }) else {
            throw APIError(
                400, "invalid_query", detail: "the query is something else than '\(name)=…'")
        }
        return query.first?.value
    }
}

/// The routes that providers add, below their own prefix and under the paths of old.
struct ProviderAdminRoutes: InstanceRoute {
    private static let prefix = "/v1/admin/"

    let providers: [(provider: any Provider, access: ProviderAccess)]

    func register(in routes: inout InstanceRoutes) {
        for (provider, access) in providers {
            for route in provider.adminRoutes(access) {
                let own = "\(Self.prefix)providers/\(provider.id)/\(route.path)"
                // No provider opens a door that needs no key.
                let paths = [own, route.alias].compactMap { $0 }.filter {
                    $0.hasPrefix(Self.prefix)
                }
                for path in paths {
                    routes.admin(route.method, path) {
                        try await Self.answer($0, route, access)
                    }
                }
            }
        }
    }

    private static func answer(
        _ request: ServerRequest, _ route: AdminRoute, _ access: ProviderAccess
    ) async throws -> HTTPResponse {
        guard let pairs = request.query else {
            throw APIError(400, "invalid_query", detail: "the query is not form-encoded UTF-8")
        }
        let asked = AdminRequest(
            parameters: request.parameters,
            query: Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last },
            body: route.method == "GET" ? [:] : try request.jsonObject())
        do throws(AdminRefusal) {
            return .json(try await route.handler(asked))
        } catch {
            let hiding = (try? await access.service())?.hiding ?? { $0 }
            throw APIError(
                (400..<600).contains(error.status) ? error.status : 502, error.code,
                detail: hiding(error.description), remediation: error.hint.map(hiding))
        }
    }
}

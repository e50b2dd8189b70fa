/// `GET /v1/admin/events`: what was delivered, newest first.
struct EventRoutes: InstanceRoute {
    private static let defaultLimit = 50
    private static let largestLimit = 500

    let events: EventStore

    func register(in routes: inout InstanceRoutes) {
        routes.admin("GET", APIPath.events) { try await page($0) }
    }

    private func page(_ request: ServerRequest) async throws -> HTTPResponse {
        guard let pairs = request.query else {
            throw APIError(400, "invalid_query", detail: "the query is not form-encoded UTF-8")
        }
        let query = Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last }
        let limit = try Self.number("limit", query, default: Self.defaultLimit, 1...Int.max)
        let offset = try Self.number("offset", query, default: 0, 0...Int.max)
        return .json(
            text: try await events.page(
                event: query["event"], userID: query["userId"],
                limit: min(limit, Self.largestLimit), offset: offset))
    }

    private static func number(
        _ name: String, _ query: [String: String], default fallback: Int, _ range: ClosedRange<Int>
    ) throws(APIError) -> Int {
        guard let text = query[name] else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw APIError(400, "invalid_query", detail: "'\(name)' is not a number in its range")
        }
        return number
    }
}

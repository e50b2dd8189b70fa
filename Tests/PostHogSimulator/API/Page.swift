import Engine

/// One page of a list: limit and offset, with links to the pages beside it.
struct Page {
    private let request: ServerRequest
    private let items: [JSONValue]
    private let limit: Int
    private let offset: Int

    init(_ request: ServerRequest, _ items: [JSONValue]) {
        self.request = request
        self.items = items
        let limit = request.parameter("limit").flatMap { Int($0) } ?? 0
        self.limit = limit > 0 ? limit : 100
        offset = max(request.parameter("offset").flatMap { Int($0) } ?? 0, 0)
    }

    func body(origin: String) -> JSONValue {
        [
            "count": .integer(Int64(items.count)),
            "next": offset + limit < items.count ? link(origin, offset + limit) : .null,
            "previous": offset > 0 ? link(origin, max(offset - limit, 0)) : .null,
            "results": .array(Array(items.dropFirst(offset).prefix(limit))),
        ]
    }

    private func link(_ origin: String, _ offset: Int) -> JSONValue {
        let kept = (request.query ?? []).filter { !["limit", "offset"].contains($0.name) }
            .map { ($0.name, $0.value) }
        let query = [("limit", String(limit)), ("offset", String(offset))] + kept
        return .string("\(origin)\(request.path)?\(FormURLEncoding.encode(query))")
    }
}

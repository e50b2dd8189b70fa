import Engine

extension PostHogAPI {
    private static let pageSize = 100
    private static let maximumPages = 200

    /// Every row of a list.
    ///
    /// The links to further pages are not followed: they may lead to another host.
    func rows(
        _ path: String, query: String = "", step: String, missing: ProvisionError? = nil
    ) async throws(ProvisionError) -> [JSONValue] {
        var rows: [JSONValue] = []
        for _ in 0..<Self.maximumPages {
            let page = try await get(
                "\(path)?\(query)limit=\(Self.pageSize)&offset=\(rows.count)", step: step,
                missing: missing)
            guard let results = page["results"]?.array else {
                throw unsupported("its lists are not those of PostHog's API")
            }
            rows += results
            if results.isEmpty || Self.isLast(page, seen: rows.count) { return rows }
        }
        throw .unexpectedAnswer(step: step, status: nil, detail: "the list does not end")
    }

    private static func isLast(_ page: JSONValue, seen: Int) -> Bool {
        if let count = page["count"]?.integer { return seen >= count }
        return (page["next"] ?? .null) == .null
    }
}

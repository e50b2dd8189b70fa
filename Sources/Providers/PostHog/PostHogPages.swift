import Engine

extension PostHogAPI {
    private static let pageSize = 100
    private static let maximumPages = 200

    private static let mostTries = 3

    /// Every row of a list.
    ///
    /// The links to further pages are not followed: they may lead to another host. A count that
    /// changes from page to page means that rows moved, so that one may have been missed: then the
    /// list is read from its beginning once more.
    func rows(
        _ path: String, query: String = "", step: String, missing: ProvisionError? = nil
    ) async throws(ProvisionError) -> [JSONValue] {
        for _ in 1..<Self.mostTries {
            let (rows, isSteady) = try await pages(path, query, step, missing)
            if isSteady { return rows }
        }
        return try await pages(path, query, step, missing).rows
    }

    private func pages(
        _ path: String, _ query: String, _ step: String, _ missing: ProvisionError?
    ) async throws(ProvisionError) -> (rows: [JSONValue], isSteady: Bool) {
        var rows: [JSONValue] = []
        var counts: Set<Int64> = []
        for _ in 0..<Self.maximumPages {
            let page = try await get(
                "\(path)?\(query)limit=\(Self.pageSize)&offset=\(rows.count)", step: step,
                missing: missing)
            guard let results = page["results"]?.array else {
                throw unsupported("its lists are not those of PostHog's API")
            }
            rows += results
            if let count = page["count"]?.integer { counts.insert(count) }
            if results.isEmpty || Self.isLast(page, seen: rows.count) {
                return (rows, counts.count < 2)
            }
        }
        throw .unexpectedAnswer(step: step, status: nil, detail: "the list does not end")
    }

    private static func isLast(_ page: JSONValue, seen: Int) -> Bool {
        if let count = page["count"]?.integer { return seen >= count }
        return (page["next"] ?? .null) == .null
    }
}

/// `GET /v1/admin/events`: what was delivered, newest first, or on from a place in the order of
/// arrival, or as it arrives; `DELETE` removes one person's events.
struct EventRoutes: InstanceRoute {
    private static let largestLimit = 500
    private static let mostStreams = 32

    let intake: EventIntake
    private let outage: Outage
    private let places = StreamPlaces(mostStreams)

    init(intake: EventIntake, log: Log) {
        self.intake = intake
        outage = Outage(log)
    }

    func register(in routes: inout InstanceRoutes) {
        routes.admin("GET", APIPath.events) { try await answer($0) }
        routes.admin("DELETE", APIPath.events) { try await remove($0) }
    }

    private func answer(_ request: ServerRequest) async throws -> HTTPResponse {
        let query = try EventQuery(request)
        if query.isStream { return try await follow(query) }
        let limit = min(query.limit, Self.largestLimit)
        if let cursor = query.after { return .json(text: try await next(query, cursor, limit)) }
        return .json(
            text: try await intake.store.page(query.filter, limit: limit, offset: query.offset))
    }

    /// What arrived after a place, oldest first, and the place to go on from.
    private func next(_ query: EventQuery, _ cursor: Int64, _ limit: Int) async throws -> Data {
        let next = try await intake.store.next(query.filter, after: cursor, limit: limit)
        let texts = next.events.map(\.json).joined(separator: ",")
        return Data(#"{"events":[\#(texts)],"cursor":"\#(next.end)","limit":\#(limit)}"#.utf8)
    }
}

extension EventRoutes {
    /// Begins after the event that the client saw last, else with what arrives from now on.
    private func follow(_ query: EventQuery) async throws -> HTTPResponse {
        guard places.take() else {
            throw APIError(
                503, "too_many_streams", detail: "\(Self.mostStreams) streams are open",
                remediation: "close one, or ask again later", retryAfter: 5)
        }
        do {
            let cursor = try await start(of: query)
            let stream = ResponseStream()
            let feed = EventFeed(
                intake: intake, filter: query.filter, stream: stream, outage: outage)
            Task {
                await feed.run(after: cursor)
                places.giveBack()
            }
            return .streaming("text/event-stream", stream)
        } catch {
            places.giveBack()
            throw error
        }
    }

    private func start(of query: EventQuery) async throws -> Int64 {
        if let cursor = query.lastSeen ?? query.after { return cursor }
        return try await intake.store.latest()
    }

    /// Removes what is stored of one person, who must be named, and nothing else may be.
    ///
    /// Whoever narrows it down would lose more than he meant to.
    private func remove(_ request: ServerRequest) async throws -> HTTPResponse {
        guard let userID = try EventQuery(request).filter.userID, !userID.isEmpty else {
            throw APIError(400, "invalid_query", detail: "'userId' names nobody")
        }
        guard request.query?.count == 1 else {
            throw APIError(
                400, "invalid_query", detail: "all events of a person are removed, not some",
                remediation: "give 'userId' once, and nothing else")
        }
        let count = try await intake.store.remove(userID: userID)
        return .json(["deleted": .integer(Int64(count))])
    }
}

/// What a request asks of the events.
struct EventQuery: Sendable {
    let filter: EventFilter
    let limit: Int
    let offset: Int
    /// A place in the order of arrival; 0 is before the first.
    let after: Int64?
    let isStream: Bool
    /// What a client that connects again saw last, which goes before what its address says.
    let lastSeen: Int64?

    init(_ request: ServerRequest) throws(APIError) {
        guard let pairs = request.query else {
            throw Self.invalid("the query is not form-encoded UTF-8")
        }
        let query = Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last }
        limit = try Self.number("limit", query, 1...Int.max) ?? 50
        offset = try Self.number("offset", query, 0...Int.max) ?? 0
        after = try Self.number("after", query, 0...Int.max).map(Int64.init)
        isStream =
            query["stream"] == "true"
            || request.headers.values(for: "Accept").contains { $0.contains("text/event-stream") }
        lastSeen = request.headers["Last-Event-ID"].flatMap { Int64($0) }.map { max(0, $0) }
        filter = EventFilter(
            event: query["event"], userID: query["userId"], provider: query["provider"],
            since: try Self.date("since", query), until: try Self.date("until", query))
    }

    private static func number(
        _ name: String, _ query: [String: String], _ range: ClosedRange<Int>
    ) throws(APIError) -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw invalid("'\(name)' is not a number in its range")
        }
        return number
    }

    private static func date(
        _ name: String, _ query: [String: String]
    ) throws(APIError) -> Date? {
        guard let text = query[name] else { return nil }
        guard let date = Date(iso8601: text) else {
            throw invalid("'\(name)' is not an ISO 8601 date such as 2026-01-02T03:04:05Z")
        }
        return date
    }

    private static func invalid(_ detail: String) -> APIError {
        APIError(400, "invalid_query", detail: detail)
    }
}

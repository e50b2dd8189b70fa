extension InstanceClient {
    /// The instance sends a word at least that often, half as often as this.
    private static let silence = Duration.seconds(40)

    /// 500 events of ordinary services are a hundredth of it.
    private static let largestPage = 64 << 20

    /// A page of events as the instance wrote them.
    package struct EventPage: Sendable {
        package let events: [JSONText]
        /// How many there are beyond the page as well.
        package let total: Int64?
    }

    /// The newest events that were delivered.
    ///
    /// `query` holds names and values of the route's parameters.
    package func events(_ query: [(String, String)]) async throws -> EventPage {
        let response = try await exchange(
            "GET", Self.path(query), timeout: .seconds(60), maximumBody: Self.largestPage)
        guard response.status == 200, let page = JSONText(response.body)?.members,
            let events = page["events"]?.elements
        else {
            throw unavailable(response.status, JSONValue(decoding: response.body))
                ?? unexpected(response.status)
        }
        return EventPage(events: events, total: page["total"]?.integer)
    }

    /// Removes everything that is stored of a person's events; answers how many there were.
    package func deleteEvents(of userID: String) async throws -> Int64 {
        let answer = try await send(
            "DELETE", Self.path([("userId", userID)]),
            timeout: .seconds(120))
        guard answer.status == 200, let count = answer.json["deleted"]?.integer else {
            throw unexpected(answer.status)
        }
        return count
    }

    /// Calls `receive` with each event as it arrives, nil for one that is no JSON, until the
    /// connection ends.
    ///
    /// `cursor` is the place after which to begin, and is moved on; without one it begins now.
    /// Throws a ``ConnectError`` when there is no stream.
    package func followEvents(
        _ query: [(String, String)], from cursor: Locked<String?>,
        _ receive: @escaping @Sendable (JSONText?) -> Void
    ) async throws {
        guard let client = client as? any StreamingHTTPClient,
            let address = url.appending(
                rawPath: Self.path(query + [("stream", "true")]))
        else { throw unexpected(0) }
        var request = HTTPRequest(
            "GET", address, headers: ["Accept": "text/event-stream"], timeout: Self.silence)
        request.headers["Authorization"] = "Bearer \(adminKey.reveal())"
        request.headers["Last-Event-ID"] = cursor.withLock { $0 }
        let messages = Locked(EventStreamReader())
        let response: HTTPResponse
        do {
            response = try await client.stream(request) { bytes in
                for message in messages.withLock({ $0.read(bytes) }) {
                    if let data = message.data { receive(JSONText(data)) }
                    cursor.withLock { $0 = message.id ?? $0 }
                }
            }
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw ConnectError(
                .instanceUnreachable, "the instance cannot be reached: \(error.description)",
                hint: "check --url and that the instance runs")
        }
        if response.status == 401 { throw wrongKey }
        guard response.status == 200, response.mediaType == "text/event-stream" else {
            throw unexpected(response.status)
        }
    }

    private static func path(_ query: [(String, String)]) -> String {
        query.isEmpty ? APIPath.events : "\(APIPath.events)?\(FormURLEncoding.encode(query))"
    }
}

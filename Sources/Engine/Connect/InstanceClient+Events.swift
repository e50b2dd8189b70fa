extension InstanceClient {
    /// The instance sends a word at least that often, half as often as this.
    private static let silence = Duration.seconds(40)

    /// The newest events that were delivered, as the instance shows them.
    ///
    /// `query` holds names and values of the route's parameters.
    package func events(_ query: [(String, String)]) async throws -> JSONValue {
        let answer = try await send("GET", Self.path(query))
        guard answer.status == 200, answer.json["events"]?.array != nil else {
            throw unexpected(answer.status)
        }
        return answer.json
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

    /// Calls `receive` with each event as it arrives, until the connection ends.
    ///
    /// `cursor` is the place after which to begin, and is moved on; without one it begins now.
    /// Throws a ``ConnectError`` when there is no stream.
    package func followEvents(
        _ query: [(String, String)], from cursor: Locked<String?>,
        _ receive: @escaping @Sendable (JSONValue) -> Void
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
                    if let event = message.data.flatMap({ JSONValue(decoding: $0) }) {
                        receive(event)
                    }
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

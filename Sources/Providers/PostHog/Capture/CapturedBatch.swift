import Engine

/// An event that waits to be sent, as the JSON that it will be in every attempt.
struct QueuedEvent: Sendable {
    let json: Data

    /// The id and the time are made here, once: whatever is sent again is the same event
    /// (<https://posthog.com/docs/api/capture>).
    init(
        _ event: String, distinctID: String, properties: [String: JSONValue], at time: Date,
        id: UUID = UUID()
    ) {
        let members: JSONValue = [
            "uuid": .string(id.uuidString.lowercased()), "event": .string(event),
            "distinct_id": .string(distinctID), "timestamp": .string(time.iso8601),
            "properties": .object(properties.merging(["$lib": "hogsend"]) { given, _ in given }),
        ]
        json = members.encoded()
    }
}

/// One request's worth of events.
struct CapturedBatch: Sendable {
    let events: [QueuedEvent]

    enum Outcome: Equatable {
        case taken
        /// Smaller parts may be taken.
        case tooLarge
        /// Another attempt would end the same.
        case refused
        /// Worth another attempt, after the time that the service asks for.
        case failed(retryAfter: Duration?)
    }

    func send(
        to target: CaptureTarget, with client: any HTTPClient, timeout: Duration
    ) async -> Outcome {
        var request = HTTPRequest(
            "POST", target.url, headers: ["Content-Type": "application/json"], timeout: timeout,
            maximumBody: 64 << 10)
        request.body = body(target.key)
        do throws(HTTPClientError) {
            return Self.outcome(try await client.send(request))
        } catch {
            switch error {
            case .refused: return .refused
            // The events may have been taken; PostHog drops the second of two with one uuid.
            default: return .failed(retryAfter: nil)
            }
        }
    }

    private static func outcome(_ response: HTTPResponse) -> Outcome {
        switch response.status {
        case 200..<300: .taken
        case 408, 429, 500...: .failed(retryAfter: response.retryAfter)
        case 413: .tooLarge
        default: .refused
        }
    }

    /// The events are JSON already, each on its own.
    private func body(_ key: Secret) -> Data {
        var body = Data(#"{"api_key":"#.utf8) + JSONValue.string(key.reveal()).encoded()
        body += Data(#","batch":["#.utf8)
        for (index, event) in events.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += event.json
        }
        return body + Data("]}".utf8)
    }

    /// Both halves; nil of a single event.
    var halves: (CapturedBatch, CapturedBatch)? {
        guard events.count > 1 else { return nil }
        let middle = events.count / 2
        return (
            CapturedBatch(events: Array(events[..<middle])),
            CapturedBatch(events: Array(events[middle...]))
        )
    }
}

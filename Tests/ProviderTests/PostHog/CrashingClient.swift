import Engine

/// Passes so many calls through; the answer of the last one is lost, and nothing is sent after it.
struct CrashingClient: HTTPClient {
    let client: any HTTPClient
    let calls: Int
    private let sent = Locked(0)

    /// Whether more was asked than went through.
    var isCrashed: Bool { sent.withLock { $0 >= calls } }

    init(client: any HTTPClient, calls: Int) {
        self.client = client
        self.calls = calls
    }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let number = sent.withLock { count in
            count += 1
            return count
        }
        guard number <= calls else { throw .cancelled }
        let response = try await client.send(request)
        guard number < calls else { throw .answerUnknown(host: "posthog", reason: "a crash") }
        return response
    }
}

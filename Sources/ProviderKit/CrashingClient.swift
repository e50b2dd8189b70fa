public import Engine

/// A client for tests that passes so many calls through; the answer of the last one is lost, and
/// nothing is sent after it.
public struct CrashingClient: HTTPClient {
    private let client: any HTTPClient
    private let calls: Int
    private let sent = Locked(0)

    /// Whether more was asked than went through.
    public var isCrashed: Bool { sent.withLock { $0 >= calls } }

    /// Stands before a client that does what is asked.
    public init(client: any HTTPClient, calls: Int) {
        self.client = client
        self.calls = calls
    }

    /// Sends the request, unless that is one too many.
    public func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let number = sent.withLock { count in
            count += 1
            return count
        }
        guard number <= calls else { throw .cancelled }
        let response = try await client.send(request)
        guard number < calls else {
            throw .answerUnknown(host: request.url.host() ?? "", reason: "a crash")
        }
        return response
    }
}

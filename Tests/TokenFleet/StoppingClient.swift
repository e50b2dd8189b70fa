import Engine

/// Stops while a request is on the wire, and when its answer is there.
struct StoppingClient: HTTPClient {
    let client: any HTTPClient
    let stop: Stop

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let response = try await sent(request)
        stop.reach(.afterAnswer)
        return response
    }

    private func sent(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard stop.isAhead(.afterSend) else { return try await client.send(request) }
        var request = request
        // The server has acted on it long before it answers.
        request.headers["X-Hold-Answer"] = "0.8"
        let sending = Task { [request] in await outcome(of: request) }
        try? await Task.sleep(for: .milliseconds(400))
        stop.reach(.afterSend)
        return try await sending.value.get()
    }

    private func outcome(
        of request: HTTPRequest
    ) async -> Result<HTTPResponse, HTTPClientError> {
        do throws(HTTPClientError) {
            return .success(try await client.send(request))
        } catch {
            return .failure(error)
        }
    }
}

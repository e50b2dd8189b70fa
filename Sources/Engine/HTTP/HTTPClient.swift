/// Something that sends a request and brings back the whole answer.
public protocol HTTPClient: Sendable {
    /// Sends `request` once and follows no redirect.
    ///
    /// - Throws: ``HTTPClientError`` when no complete answer came. Every complete answer, whatever
    ///   its status, is returned.
    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse
}

/// A client that can also read an answer while it is written.
package protocol StreamingHTTPClient: HTTPClient {
    /// Calls `receive` with each piece of an answer 200, in order, and returns at its end; another
    /// answer is returned whole.
    ///
    /// The request's time-out is how long nothing may come.
    func stream(
        _ request: HTTPRequest, _ receive: @escaping @Sendable (Data) -> Void
    ) async throws(HTTPClientError) -> HTTPResponse
}

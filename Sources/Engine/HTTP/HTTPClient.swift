/// Something that sends a request and brings back the whole answer.
public protocol HTTPClient: Sendable {
    /// Sends `request` once and follows no redirect.
    ///
    /// - Throws: ``HTTPClientError`` when no complete answer came. Every complete answer, whatever
    ///   its status, is returned.
    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse
}

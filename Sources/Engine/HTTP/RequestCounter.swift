/// Takes the requests for one target as they arrive, on the server's own thread and without a task
/// for each, so that all that come in one turn can be answered in one go.
package struct RequestCounter: Sendable {
    /// May be called from any thread, once.
    package typealias Answer = @Sendable (HTTPResponse) -> Void
    /// Takes a request, whose answer follows, or leaves it to the server's handler.
    ///
    /// Called on the server's thread, which the executor is; it must not block.
    package typealias Taking =
        @Sendable (ServerRequest, any TaskExecutor, @escaping Answer) -> Bool

    let method: String
    /// Path and query as they come, not decoded; any other spelling is the handler's.
    let target: String
    /// What the log calls it.
    let route: String
    /// The fields that the request is handed over with.
    let headers: [String]
    let take: Taking

    package init(
        _ method: String, _ target: String, route: String, headers: [String],
        take: @escaping Taking
    ) {
        self.method = method
        self.target = target
        self.route = route
        self.headers = headers
        self.take = take
    }
}

/// What became of a request at a counter, for the log.
package struct CounterRecord: Sendable {
    package let route: String
    package let method: String
    package let status: Int
    package let bodyBytes: Int
    package let since: ContinuousClock.Instant
}

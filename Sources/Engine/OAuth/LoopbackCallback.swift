import Synchronization

/// What the receiver does with each request.
package final class LoopbackCallback: Sendable {
    /// The browser is answered by then, whatever the exchange and the store are doing.
    private static let patience = Duration.seconds(10)

    package let response = Promise<AuthorizationResponse>()
    package let outcome = Promise<BrowserPage>()
    private let authority: String
    private let path: String
    private let state: Secret
    private let onStray: @Sendable (LoopbackReceiver.Stray) -> Void
    private let strays = Atomic(0)

    package init(
        authority: String, path: String, state: Secret,
        onStray: @escaping @Sendable (LoopbackReceiver.Stray) -> Void
    ) {
        self.authority = authority
        self.path = path
        self.state = state
        self.onStray = onStray
    }

    package var hasSeenStray: Bool { strays.load(ordering: .relaxed) > 0 }

    package func respond(to request: ServerRequest) async -> HTTPResponse {
        // A foreign Host is DNS rebinding; a doubled one is nobody's browser.
        guard request.headers.values(for: "Host") == [authority] else { return Self.plain(421) }
        guard request.path == path else {
            if let query = request.query, isOurs(query) { onStray(.path) }
            return Self.plain(404)
        }
        if request.method == "OPTIONS" { return Self.plain(204) }
        guard request.method == "GET" else {
            var refusal = Self.plain(405)
            refusal.headers["Allow"] = "GET"
            return refusal
        }
        guard let query = request.query, isOurs(query) else {
            strays.add(1, ordering: .relaxed)
            onStray(.state)
            return Self.stray.response
        }
        response.settle(AuthorizationResponse(query))
        return (await outcome.value(within: Self.patience) ?? Self.slow).response
    }

    private func isOurs(_ query: [FormURLEncoding.Pair]) -> Bool {
        let states = query.filter { $0.name == "state" }
        return states.count == 1 && states.allSatisfy { Secret($0.value) == state }
    }

    private static func plain(_ status: Int) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
                "Connection": "close",
            ])
    }

    private static let stray = BrowserPage(
        status: 400, title: "This is not the login that the terminal waits for",
        text: "Nothing was changed. The terminal goes on waiting for the right page.")
    private static let slow = BrowserPage(
        title: "Still working", text: "The terminal tells how it ends.")
}

import Engine

/// Brings an event to every enabled destination that takes it (section 10 of posthog.md).
struct Courier: Sendable {
    private static let attempts = 3
    private static let retried: Set<Int> = [408, 429, 500, 502, 503, 504]

    private let state: Locked<Installation>

    init(_ state: Locked<Installation>) {
        self.state = state
    }

    func deliver(_ event: CapturedEvent) async -> [DeliveryReport] {
        let requests = state.withLock { $0.requests(for: event) }
        var deliveries: [DeliveryReport] = []
        for request in requests { deliveries.append(await deliver(request)) }
        return deliveries
    }

    /// Sends one request, as often as it takes; `attempts` is the most.
    func deliver(
        _ request: DeliveryRequest, attempts: Int = attempts
    ) async -> DeliveryReport {
        let switches = state.withLock { $0.switches }
        guard let route = await DeliveryRoute.find(request.url, hosts: switches.hosts) else {
            return request.refused
        }
        var signature: WebhookSignature?
        if switches.signsWebhooks, let secret = request.signingSecret {
            guard let made = WebhookSignature(secret: secret) else { return request.unsignable }
            signature = made
        }
        var attempt = 0
        while true {
            attempt += 1
            let result = await send(request, signature, by: route, switches)
            if attempt == attempts || !Self.isRetried(result) {
                return request.delivery(result, attempts: attempt)
            }
            try? await Task.sleep(for: .seconds(switches.retryDelay * Double(attempt)))
        }
    }

    private func send(
        _ request: DeliveryRequest, _ signature: WebhookSignature?, by route: DeliveryRoute,
        _ switches: Switches
    ) async -> Result<HTTPResponse, HTTPClientError> {
        if switches.deliveryDelay > 0 {
            try? await Task.sleep(for: .seconds(switches.deliveryDelay))
        }
        var headers = request.headers
        for (name, value) in signature?.headers(over: request.body, at: Date()) ?? [] {
            headers.append(name, value)
        }
        if let host = route.host { headers["Host"] = host }
        let message = HTTPRequest(
            request.method, route.url, headers: headers, body: request.body,
            timeout: .seconds(switches.deliveryTimeout))
        do throws(HTTPClientError) {
            return .success(try await CurlClient(userAgent: "PostHog.com/1.0").send(message))
        } catch {
            return .failure(error)
        }
    }

    private static func isRetried(_ result: Result<HTTPResponse, HTTPClientError>) -> Bool {
        switch result {
        case .success(let response): isRetried(status: response.status)
        case .failure: true
        }
    }

    /// Nil is a request without an answer.
    static func isRetried(status: Int?) -> Bool { status.map(retried.contains) ?? true }
}

extension Installation {
    fileprivate mutating func requests(for event: CapturedEvent) -> [DeliveryRequest] {
        let globals = globals(for: event)
        return functions.filter { function in
            function.project == event.project && function.isEnabled && !function.isDeleted
                && function.type == "destination"
                && EventFilter(function.members["filters"] ?? .null).matches(globals)
        }
        .map { DeliveryRequest($0, globals) }
    }
}

extension DeliveryRequest {
    fileprivate var refused: DeliveryReport { unsent("Hostname is not allowed") }

    fileprivate var unsignable: DeliveryReport { unsent("The signing secret is invalid") }

    private func unsent(_ error: String) -> DeliveryReport {
        DeliveryReport(
            functionID: functionID, name: name, url: url, outcome: .refused, status: nil,
            attempts: 1, error: error, answer: nil)
    }

    fileprivate func delivery(
        _ result: Result<HTTPResponse, HTTPClientError>, attempts: Int
    ) -> DeliveryReport {
        switch result {
        case .success(let response):
            DeliveryReport(
                functionID: functionID, name: name, url: url,
                outcome: response.status < 400 ? .delivered : .failed, status: response.status,
                attempts: attempts, error: nil,
                answer: String(decoding: response.body, as: UTF8.self))
        case .failure(let error):
            DeliveryReport(
                functionID: functionID, name: name, url: url, outcome: .failed, status: nil,
                attempts: attempts, error: error.description, answer: nil)
        }
    }
}

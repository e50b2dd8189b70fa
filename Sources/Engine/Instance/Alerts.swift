/// Posts to `HOGSEND_ALERT_URL` when a grant needs its user again.
struct Alerts: Sendable {
    private static let pauses: [Duration] = [.zero, .seconds(1), .seconds(10)]

    let url: URL
    let instance: URL
    let client: any HTTPClient
    let log: Log

    /// Tries three times on its own; the address may hold a key, so that no log repeats it.
    func send(_ id: ProviderID, _ failure: RefreshRecord.Failure) {
        let request = HTTPRequest.json(
            "POST", url,
            [
                "event": "needs_reconnect", "providerId": .string(id.rawValue),
                "reason": .string(failure.reason.rawValue), "detail": .string(failure.text),
                "at": .string(failure.at.iso8601),
                "instance": .string(instance.withoutTrailingSlash),
                "remediation": .string("run `hogsend connect \(id)`"),
                // What chat services show of a message posted to them.
                "text": .string(
                    "\(id) needs to be connected again: \(failure.text). Run `hogsend connect \(id)`."
                ),
            ])
        Task {
            for pause in Self.pauses {
                try? await Task.sleep(for: pause)
                if let status = try? await client.send(request).status, status < 300 { return }
            }
            log(.error, "alert_failed", ["provider": .text(id.rawValue)])
        }
    }
}

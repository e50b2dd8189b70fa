/// Says in the log what becomes of tokens, and sends word of a grant that needs its user.
struct TokenLog: Sendable {
    let log: Log
    let alerts: Alerts?

    func callAsFunction(_ event: TokenEvent) {
        switch event {
        case .refreshed(let id): log(.info, "token_refreshed", ["provider": .text(id.rawValue)])
        case .saved(let id): log(.info, "token_saved", ["provider": .text(id.rawValue)])
        case .failed(let id, let reason, let next):
            log(
                .warning, "token_refresh_failed",
                [
                    "provider": .text(id.rawValue), "reason": .text(reason),
                    "nextAttemptAt": .text(next?.iso8601 ?? ""),
                ])
        case .unsaved(let id):
            log(
                .error, "token_unsaved",
                [
                    "provider": .text(id.rawValue),
                    "text": "the new token could not be stored and serves from memory alone",
                ])
        case .needsReconnect(let id, let failure):
            log(
                .error, "needs_reconnect",
                [
                    "provider": .text(id.rawValue), "reason": .text(failure.reason.rawValue),
                    "text": .text(failure.text), "hint": .text("run `hogsend connect \(id)`"),
                ])
            alerts?.send(id, failure)
        }
    }
}

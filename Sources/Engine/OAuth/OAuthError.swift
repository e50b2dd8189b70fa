/// Why a login ended without a grant.
package enum OAuthError: Error, Equatable {
    case unsupported(host: String)
    case discoveryFailed(host: String, reason: String)
    case issuerMismatch(expected: String, found: String)
    case portUnavailable(ports: [UInt16])
    case consentDenied
    case authorizationFailed(code: String, text: String?)
    case malformedCallback(reason: String)
    case stateMismatch
    case callbackTimeout(Duration)
    case exchangeFailed(reason: String)
    case noDeviceGrant(host: String)
    case noDeviceCode(reason: String)
    /// Nil when the server says so, before our own time is over.
    case deviceCodeExpired(Duration?)
}

extension OAuthError: ActionableError {
    package var code: String {
        switch self {
        case .unsupported: "oauth_unsupported"
        case .discoveryFailed: "discovery_failed"
        case .issuerMismatch: "issuer_mismatch"
        case .portUnavailable: "port_unavailable"
        case .consentDenied: "consent_denied"
        case .authorizationFailed, .malformedCallback: "authorization_failed"
        case .stateMismatch: "state_mismatch"
        case .callbackTimeout: "callback_timeout"
        case .exchangeFailed: "exchange_failed"
        case .noDeviceGrant: "oauth_unsupported"
        case .noDeviceCode: "authorization_failed"
        case .deviceCodeExpired: "callback_timeout"
        }
    }

    package var description: String {
        switch self {
        case .unsupported(let host): "'\(host)' has no OAuth server"
        case .discoveryFailed(let host, let reason):
            "the OAuth metadata of '\(host)' cannot be used: \(reason)"
        case .issuerMismatch(let expected, let found):
            "the answer comes from the issuer '\(found)' instead of '\(expected)'"
        case .portUnavailable(let ports): Self.inUse(ports)
        case .consentDenied: "the consent was declined"
        case .authorizationFailed(let code, let text):
            "the authorization server answered '\(code)'"
                + (text.map { ", in its words: \"\($0)\"" } ?? "")
        case .malformedCallback(let reason): "the callback cannot be used: \(reason)"
        case .stateMismatch: "only callbacks with a wrong state came, and the wait is over"
        case .callbackTimeout(let limit): "no callback came within \(limit.inWords)"
        case .exchangeFailed(let reason): "the code was not exchanged for tokens: \(reason)"
        case .noDeviceGrant(let host): "'\(host)' gives out no codes to enter on another device"
        case .noDeviceCode(let reason): "no code to enter was given out: \(reason)"
        case .deviceCodeExpired(let limit?): "the code was not entered within \(limit.inWords)"
        case .deviceCodeExpired(nil): "the code expired before it was entered"
        }
    }

    package var hint: String? {
        switch self {
        case .unsupported, .noDeviceGrant: nil
        case .discoveryFailed: "check the host and try again"
        case .issuerMismatch:
            "pass the host exactly as the service names itself, and trust no other"
        case .portUnavailable: "free one of these ports and run the command again"
        case .consentDenied: "run the command again and approve the request in the browser"
        case .authorizationFailed:
            "run the command again; if it stays, ask the service about this error"
        case .stateMismatch: "close other login pages and run the command again"
        case .callbackTimeout:
            "run the command again; if the browser showed an error page, its text is the reason"
        case .exchangeFailed, .malformedCallback, .noDeviceCode: "run the command again"
        case .deviceCodeExpired: "run the command again and enter the new code"
        }
    }

    /// Neighbouring ports as a range, as the published text writes them.
    private static func inUse(_ ports: [UInt16]) -> String {
        guard let first = ports.first, let last = ports.last else {
            return "no port of this machine's loopback is free"
        }
        if ports.count == 1 { return "port \(first) on 127.0.0.1 is in use" }
        let isRun = zip(ports, ports.dropFirst()).allSatisfy { Int($0) + 1 == Int($1) }
        let list = isRun ? "\(first)–\(last)" : ports.map(String.init).joined(separator: ", ")
        return "ports \(list) on 127.0.0.1 are all in use"
    }
}

extension Duration {
    /// `5 minutes`, `90 seconds`.
    package var inWords: String {
        let seconds = components.seconds
        let (count, unit) =
            seconds >= 60 && seconds % 60 == 0 ? (seconds / 60, "minute") : (seconds, "second")
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }
}

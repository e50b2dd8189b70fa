/// What the user at the consent screen does.
package enum Consent: Sendable, Equatable {
    /// Grants at once.
    case approve
    /// Presses cancel.
    case deny
    /// Sees a page and decides there.
    case page
    /// Sees a page and closes it.
    case ignore
    /// Grants, but the answer carries another state.
    case wrongState
    /// Some page calls the redirect address with another state, and then the user grants.
    case wrongStateFirst
    /// Sees an error as JSON in the browser, and nothing goes to the client.
    case jsonError
    /// Comes back with this OAuth error.
    case error(String)
}

extension Consent: RawRepresentable, Codable {
    package init?(rawValue: String) {
        switch rawValue {
        case "approve": self = .approve
        case "deny": self = .deny
        case "page": self = .page
        case "ignore": self = .ignore
        case "wrongState": self = .wrongState
        case "wrongStateFirst": self = .wrongStateFirst
        case "jsonError": self = .jsonError
        case _ where rawValue.hasPrefix("error:"): self = .error(String(rawValue.dropFirst(6)))
        default: return nil
        }
    }

    package var rawValue: String {
        switch self {
        case .approve: "approve"
        case .deny: "deny"
        case .page: "page"
        case .ignore: "ignore"
        case .wrongState: "wrongState"
        case .wrongStateFirst: "wrongStateFirst"
        case .jsonError: "jsonError"
        case .error(let code): "error:\(code)"
        }
    }
}

extension Authentication {
    /// Whether it is the authorization code grant.
    package var usesAuthorizationCode: Bool {
        if case .authorizationCode = method { true } else { false }
    }

    /// What the user does, as sentences for a reference page.
    package var words: String {
        switch method {
        case .authorizationCode(let clientID):
            "OAuth, authorization code with PKCE: the user allows the access in a browser. "
                + "The client is public, without a secret: `\(clientID)`."
        case .deviceCode(let clientID):
            "OAuth, device authorization: the user types a code on any device. "
                + "The client is public, without a secret: `\(clientID)`."
        case .keys(let fields, _, let page):
            "Pasted keys: \(fields.map(\.label).joined(separator: ", "))."
                + (page.map { " They are made at <\($0)>." } ?? "")
        }
    }

    /// How a request carries a pasted key, as a template without it; nil where OAuth is used.
    package var keyHeader: String? {
        guard case .keys(_, let use, _) = method else { return nil }
        return "\(use.header): \(use.prefix)<\(use.field)>"
    }
}

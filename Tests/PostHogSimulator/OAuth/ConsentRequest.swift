import Engine

/// The parameters with which a client sends the browser.
struct ConsentRequest: Sendable {
    let parameters: [String: String]
    let clientID: String
    let redirectURI: String

    /// Checks what must be right before anything may be sent to the redirect address.
    init(_ parameters: [String: String]) throws(OAuthProblem) {
        guard let clientID = parameters["client_id"] else {
            throw .invalidRequest("Missing client_id parameter.")
        }
        guard ClientDocument.isAddress(clientID) else {
            throw .invalidRequest("Invalid client_id parameter value.")
        }
        guard let redirectURI = parameters["redirect_uri"] else {
            throw .invalidRequest("Missing redirect URI.")
        }
        guard Self.isRegistered(redirectURI) else {
            throw .invalidRequest("Mismatching redirect URI.")
        }
        self.parameters = parameters
        self.clientID = clientID
        self.redirectURI = redirectURI
    }

    /// The document registers http://127.0.0.1/callback, which any port matches; localhost not.
    private static func isRegistered(_ text: String) -> Bool {
        guard let url = URL(address: text) else { return false }
        return url.scheme == "http" && url.host() == "127.0.0.1" && url.path() == "/callback"
    }

    /// Checks the rest, whose errors go to the client.
    func check() throws(OAuthProblem) {
        guard let type = parameters["response_type"] else {
            throw .invalidRequest("Missing response_type parameter.")
        }
        guard type == "code" else { throw OAuthProblem(error: "unsupported_response_type") }
        guard parameters["code_challenge"] != nil else {
            throw .invalidRequest("Code challenge required.")
        }
        guard isPlain || parameters["code_challenge_method"] == "S256" else {
            throw .invalidRequest("Transform algorithm not supported.")
        }
    }

    /// No method means plain, which passes here and fails when the code is stored.
    var isPlain: Bool {
        parameters["code_challenge_method", default: "plain"] == "plain"
    }

    var scopes: [String] {
        (parameters["scope"] ?? "").split(separator: " ").map(String.init)
    }

    /// A hint to the consent page, which nothing enforces.
    var asksForOneProject: Bool {
        ["project", "team"].contains(parameters["required_access_level"])
    }

    /// The redirect address with these parameters and the state behind it.
    func redirect(_ answer: [(String, String)], state: String? = nil) -> String {
        let state = (state ?? parameters["state"]).map { [("state", $0)] } ?? []
        return redirectURI + "?" + FormURLEncoding.encode(answer + state)
    }
}

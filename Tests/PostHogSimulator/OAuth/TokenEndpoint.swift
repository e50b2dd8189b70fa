import Engine

extension Installation {
    /// `POST /oauth/token/`: RFC 6749 §4.1.3 and §6, with PostHog's texts.
    mutating func token(_ request: ServerRequest) -> HTTPResponse {
        do throws(OAuthProblem) {
            let form = try Self.tokenParameters(request)
            switch form["grant_type"] {
            case "authorization_code": return .json(200, try exchange(form))
            case "refresh_token": return .json(200, try refresh(form))
            default: throw .unsupportedGrantType
            }
        } catch {
            return error.response
        }
    }

    /// Form or JSON; JSON values must be scalars.
    private static func tokenParameters(
        _ request: ServerRequest
    ) throws(OAuthProblem) -> [String: String] {
        guard request.isJSON else { return request.form ?? [:] }
        guard let members = JSONValue(decoding: request.body)?.object else {
            throw .invalidRequest("Malformed JSON body.")
        }
        var form: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.scalarText else {
                throw .invalidRequest("Parameter '\(name)' must be a string")
            }
            form[name] = text
        }
        return form
    }

    private mutating func exchange(_ form: [String: String]) throws(OAuthProblem) -> JSONValue {
        guard let text = form["code"] else { throw .invalidRequest("Missing code parameter.") }
        let clientID = try knownClient(form)
        guard let code = grants.codes[text], code.grant.clientID == clientID, code.expires > now
        else { throw .invalidGrant }
        guard let verifier = form["code_verifier"] else {
            throw .invalidRequest("Code verifier required.")
        }
        guard let digest = try? SHA256.hash(Array(verifier.utf8)),
            Base64URL.encode(digest) == code.challenge
        else { throw .invalidGrant }
        guard form["redirect_uri"] == code.redirectURI else {
            throw .invalidRequest("Mismatching redirect URI.")
        }
        grants.codes[text] = nil
        return issue(code.grant)
    }

    private func knownClient(_ form: [String: String]) throws(OAuthProblem) -> String {
        guard let id = form["client_id"], grants.clients.contains(id) else { throw .invalidClient }
        return id
    }

    private mutating func refresh(_ form: [String: String]) throws(OAuthProblem) -> JSONValue {
        guard let text = form["refresh_token"] else {
            throw .invalidRequest("Missing refresh token parameter.")
        }
        let clientID = try knownClient(form)
        guard let token = grants.refreshTokens[text], token.grant.clientID == clientID else {
            throw .invalidGrant
        }
        if let scope = form["scope"] { try check(scope, within: token.grant) }
        return issue(token.grant, refreshToken: try rotate(text, token))
    }

    private func check(_ scope: String, within grant: Grant) throws(OAuthProblem) {
        let wanted = scope.split(separator: " ").map(String.init)
        guard wanted.allSatisfy({ grant.scopes.contains($0) }) else {
            throw OAuthProblem(error: "invalid_scope")
        }
    }

    /// A client with a metadata document keeps its refresh token; others get a new one, and the
    /// old one, replayed after its grace, takes the whole family with it.
    private mutating func rotate(
        _ text: String, _ token: RefreshToken
    ) throws(OAuthProblem) -> String {
        if let successor = token.successor {
            guard now.timeIntervalSince(successor.since) <= switches.rotationGrace else {
                grants.sweep(token.grant.clientID)
                throw .invalidGrant
            }
            return successor.token
        }
        guard switches.rotatesRefreshTokens else { return text }
        let next = "phr_" + Random.token()
        let since = now
        grants.refreshTokens[text]?.successor = (next, since)
        grants.refreshTokens[next] = RefreshToken(grant: token.grant)
        return next
    }
}

import Engine

extension Installation {
    /// `POST /oauth/revoke/`: RFC 7009, form-encoded only.
    mutating func revoke(_ request: ServerRequest) -> HTTPResponse {
        let form = request.isJSON ? [:] : request.form ?? [:]
        guard let token = form["token"] else {
            return OAuthProblem.invalidRequest("Missing token parameter.").response
        }
        guard let clientID = form["client_id"], grants.clients.contains(clientID) else {
            return OAuthProblem.invalidClient.response
        }
        if grants.accessTokens[token]?.grant.clientID == clientID {
            grants.accessTokens[token] = nil
        } else if grants.refreshTokens[token]?.grant.clientID == clientID {
            grants.sweep(clientID)
        }
        return HTTPResponse(status: 200)
    }
}

import Engine

/// The answer to the browser, and what some other page calls before.
struct AuthorizeAnswer: Sendable {
    let response: HTTPResponse
    var strangersCall: HTTPRequest?
}

extension Installation {
    /// `GET /oauth/authorize/`: the user, already logged in, does what the switch says.
    mutating func authorize(_ request: ServerRequest) -> AuthorizeAnswer {
        let query = Dictionary((request.query ?? []).map { ($0.name, $0.value) }) { $1 }
        return readConsent(query) { state, consent in state.respond(to: consent) }
    }

    /// `POST /oauth/authorize/`: a button of the consent page.
    mutating func decide(_ request: ServerRequest) -> HTTPResponse {
        let form = request.form ?? [:]
        let answer = readConsent(form) { state, consent in
            guard form["decision"] == "approve" else {
                return AuthorizeAnswer(response: state.send(consent, error: "access_denied"))
            }
            let teams = form["project"].map { Int64($0).map { [$0] } ?? [] }
            return AuthorizeAnswer(response: state.approve(consent, teams: teams))
        }
        return answer.response
    }

    /// Errors before the redirect address is trusted are JSON in the browser.
    private mutating func readConsent(
        _ parameters: [String: String],
        _ answer: (inout Installation, ConsentRequest) -> AuthorizeAnswer
    ) -> AuthorizeAnswer {
        do throws(OAuthProblem) {
            let consent = try ConsentRequest(parameters)
            grants.clients.insert(consent.clientID)
            do throws(OAuthProblem) {
                try consent.check()
            } catch {
                return AuthorizeAnswer(
                    response: send(consent, error: error.error, description: error.description))
            }
            return answer(&self, consent)
        } catch {
            return AuthorizeAnswer(response: error.response)
        }
    }

    private mutating func respond(to consent: ConsentRequest) -> AuthorizeAnswer {
        switch switches.consent {
        case .approve: AuthorizeAnswer(response: approve(consent))
        case .deny: AuthorizeAnswer(response: send(consent, error: "access_denied"))
        case .page: AuthorizeAnswer(response: .webPage(200, consentPage(consent)))
        case .ignore: AuthorizeAnswer(response: .webPage(200, "<h1>Authorize Hogsend?</h1>"))
        case .wrongState: AuthorizeAnswer(response: approve(consent, state: "wrong"))
        case .wrongStateFirst:
            AuthorizeAnswer(response: approve(consent), strangersCall: strangersCall(consent))
        case .jsonError: AuthorizeAnswer(response: Self.unreadableDocument.response)
        case .error(let code):
            AuthorizeAnswer(
                response: send(consent, error: code, description: switches.errorDescription))
        }
    }

    private static let unreadableDocument = OAuthProblem.invalidRequest(
        "PostHog could not read the client metadata document at this client_id.")

    private func strangersCall(_ consent: ConsentRequest) -> HTTPRequest? {
        URL(string: consent.redirect([("code", "forged")], state: "wrong"))
            .map { HTTPRequest(url: $0, timeout: .seconds(5)) }
    }

    private func send(
        _ consent: ConsentRequest, error: String, description: String? = nil
    ) -> HTTPResponse {
        let text = description.map { [("error_description", $0)] } ?? []
        return .found(at: consent.redirect([("error", error)] + text + issuerParameter))
    }

    var issuerParameter: [(String, String)] {
        switches.iss.map { [("iss", $0)] } ?? []
    }
}

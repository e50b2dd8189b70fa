import Engine

/// The codes and tokens that a fake server has handed out.
struct FakeGrants {
    private struct Code {
        let challenge: String
        let redirectURI: String
        let clientID: String
        let scope: String
    }

    private struct DeviceCode {
        let userCode: String
        let clientID: String
        let scope: String
    }

    private var codes: [String: Code] = [:]
    private var deviceCodes: [String: DeviceCode] = [:]
    private var entered: Set<String> = []
    private var scopes: [String: String] = [:]
    private var count = 0
    var mark = ""

    /// A code, or why there is none in the words of RFC 6749 §4.1.2.1.
    mutating func authorize(_ request: RecordedRequest) -> Result<String, Refusal> {
        guard request["response_type"] == "code" else {
            return .failure(Refusal("unsupported_response_type"))
        }
        guard let challenge = request["code_challenge"], !challenge.isEmpty,
            request["code_challenge_method"] == "S256"
        else { return .failure(Refusal("invalid_request", "Code challenge with S256 required.")) }
        count += 1
        let code = "code-\(count)\(mark)"
        codes[code] = Code(
            challenge: challenge, redirectURI: request["redirect_uri"] ?? "",
            clientID: request["client_id"] ?? "", scope: request["scope"] ?? "")
        return .success(code)
    }

    /// The proper answer of the device authorization endpoint (RFC 8628 §3.2).
    mutating func device(_ request: RecordedRequest, _ issuer: String) -> HTTPResponse {
        guard let clientID = request["client_id"], !clientID.isEmpty else {
            return Refusal("invalid_client").response
        }
        count += 1
        let userCode = "WDJB-MJ\(count)"
        deviceCodes["device-\(count)\(mark)"] = DeviceCode(
            userCode: userCode, clientID: clientID, scope: request["scope"] ?? "")
        return .json([
            "device_code": .string("device-\(count)\(mark)"), "user_code": .string(userCode),
            "verification_uri": .string(issuer + "/device"),
            "verification_uri_complete": .string(issuer + "/device?user_code=\(userCode)"),
            "expires_in": 600, "interval": 1,
        ])
    }

    /// Somebody entered a user code.
    mutating func enter(_ userCode: String) { entered.insert(userCode) }

    private mutating func poll(
        _ request: RecordedRequest, awaitsUserCode: Bool
    ) -> HTTPResponse {
        guard let name = request["device_code"], let code = deviceCodes[name],
            code.clientID == request["client_id"]
        else { return Refusal("invalid_grant", "The device code is unknown or was used.").response }
        guard !awaitsUserCode || entered.contains(code.userCode) else {
            return Refusal("authorization_pending").response
        }
        deviceCodes[name] = nil
        return issue(code.scope)
    }

    /// The proper answer of the token endpoint.
    mutating func token(
        _ request: RecordedRequest, awaitsUserCode: Bool = false
    ) -> HTTPResponse {
        switch request["grant_type"] {
        case "authorization_code": exchange(request)
        case "refresh_token": refresh(request)
        case AuthorizationFlow.device.grantType: poll(request, awaitsUserCode: awaitsUserCode)
        default: Refusal("unsupported_grant_type").response
        }
    }

    /// A code is gone with its first use, right or wrong.
    private mutating func exchange(_ request: RecordedRequest) -> HTTPResponse {
        guard let code = request["code"].flatMap({ codes.removeValue(forKey: $0) }) else {
            return Refusal("invalid_grant", "The code is unknown or was used.").response
        }
        guard code.clientID == request["client_id"] else {
            return Refusal("invalid_client").response
        }
        guard code.redirectURI == request["redirect_uri"] else {
            return Refusal("invalid_grant", "Mismatching redirect URI.").response
        }
        guard let verifier = request["code_verifier"],
            S256.challenge(of: verifier) == code.challenge
        else { return Refusal("invalid_grant", "The code verifier does not match.").response }
        return issue(code.scope)
    }

    /// Refresh tokens rotate: each works once.
    private mutating func refresh(_ request: RecordedRequest) -> HTTPResponse {
        guard
            let scope = request["refresh_token"].flatMap({ scopes.removeValue(forKey: $0) })
        else { return Refusal("invalid_grant", "The refresh token is unknown.").response }
        return issue(scope)
    }

    private mutating func issue(_ scope: String) -> HTTPResponse {
        count += 1
        scopes["refresh-\(count)\(mark)"] = scope
        return .json([
            "access_token": .string("access-\(count)\(mark)"), "token_type": "Bearer",
            "expires_in": 3600, "refresh_token": .string("refresh-\(count)\(mark)"),
            "scope": .string(scope),
        ])
    }

    /// An error of the protocol.
    struct Refusal: Error {
        let code: String
        let text: String?

        init(_ code: String, _ text: String? = nil) {
            self.code = code
            self.text = text
        }

        var response: HTTPResponse {
            .json(
                code == "invalid_client" ? 401 : 400,
                [
                    "error": .string(code),
                    "error_description": text.map { .string($0) } ?? .string(code),
                ])
        }
    }
}

/// How a user proves to a provider who he is; one flow serves every way.
public struct Authentication: Sendable, Equatable {
    enum Method: Sendable, Equatable {
        case authorizationCode(clientID: String)
    }

    let method: Method

    /// The authorization code grant of a public client with PKCE over a loopback redirect (RFC
    /// 6749 §4.1, RFC 7636, RFC 8252).
    ///
    /// There is no secret to declare: a program on a laptop cannot keep one (RFC 8252 §8.5).
    public static func authorizationCode(clientID: String) -> Authentication {
        Authentication(method: .authorizationCode(clientID: clientID))
    }

    package var clientID: String {
        switch method {
        case .authorizationCode(let clientID): clientID
        }
    }
}

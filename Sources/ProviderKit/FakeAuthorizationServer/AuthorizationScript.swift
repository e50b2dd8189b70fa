/// What each endpoint of a ``FakeAuthorizationServer`` does; everything properly unless told
/// otherwise.
public struct AuthorizationScript: Sendable {
    /// The issuer that the server calls itself; nil for its own origin.
    ///
    /// The endpoints stand under it, so it is set where TLS stands in front of the server, and for
    /// an issuer with a path.
    public var issuer: String?
    /// Whether answers carry `iss` and the metadata says so (RFC 9207).
    public var sendsIssuer = true
    /// The answers of the metadata endpoint, one a request; the last one stays.
    public var metadata: [EndpointAnswer] = [.proper]
    /// What codes and tokens end with, so that they can be looked for where they must not be.
    public var mark = ""
    /// What becomes of the user's consent.
    public var consent = ConsentAnswer.approve
    /// The answers of the token endpoint, one a request; the last one stays.
    public var token: [EndpointAnswer] = [.proper]
    /// The answers of the device authorization endpoint (RFC 8628), one a request; the last one stays.
    public var device: [EndpointAnswer] = [.proper]
    /// Whether a device code is pending until its user code was entered, that is until somebody gets
    /// `/device?user_code=…`; else the first poll is granted.
    public var awaitsUserCode = false
    /// The answers of the revocation endpoint, one a request; the last one stays.
    public var revocation: [EndpointAnswer] = [.proper]

    /// A script in which nothing goes wrong.
    public init() {}

    mutating func next(_ answers: WritableKeyPath<Self, [EndpointAnswer]>) -> EndpointAnswer {
        let answer = self[keyPath: answers].first ?? .proper
        if self[keyPath: answers].count > 1 { self[keyPath: answers].removeFirst() }
        return answer
    }
}

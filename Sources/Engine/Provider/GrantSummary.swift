/// What a provider may know of a stored credential: everything but its tokens or secret keys.
public struct GrantSummary: Sendable {
    /// The scopes that were granted; none of pasted keys, whose scopes nobody knows.
    public let scopes: [Scope]
    /// The provider's own members, by the names of its ``GrantField`` list; of pasted keys the values
    /// that are no secrets and ``KeyReport/fields``.
    public let fields: [String: JSONValue]
    /// The address that the grant is good for, without a slash at the end.
    public let host: URL
    /// The client that it was given to; nil in tests that make their own.
    package let clientID: String?

    /// Sums up a grant; tests make their own.
    public init(scopes: [Scope], fields: [String: JSONValue], host: URL) {
        self.init(scopes, fields, host, clientID: nil)
    }

    package init(_ grant: Grant) {
        self.init(grant.scopes, grant.fields, grant.host, clientID: grant.clientID)
    }

    private init(
        _ scopes: [Scope], _ fields: [String: JSONValue], _ host: URL, clientID: String?
    ) {
        self.scopes = scopes
        self.fields = fields
        self.host = host
        self.clientID = clientID
    }
}

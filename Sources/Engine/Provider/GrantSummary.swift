/// What a provider may know of a grant: everything but its tokens.
public struct GrantSummary: Sendable {
    /// The scopes that were granted.
    public let scopes: [Scope]
    /// The provider's own members, by the names of its ``GrantField`` list.
    public let fields: [String: JSONValue]
    /// The address that the grant is good for, without a slash at the end.
    public let host: URL

    /// Sums up a grant; tests make their own.
    public init(scopes: [Scope], fields: [String: JSONValue], host: URL) {
        self.scopes = scopes
        self.fields = fields
        self.host = host
    }

    package init(_ grant: Grant) {
        self.init(scopes: grant.scopes, fields: grant.fields, host: grant.host)
    }
}

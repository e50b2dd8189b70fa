/// What a service does when a token of a grant is taken back (RFC 7009 §2.1).
public struct Revocation: Sendable, Equatable {
    /// How much ends with a refresh token.
    public enum Radius: Sendable, Equatable {
        /// The grant that it belongs to, as RFC 7009 has it.
        case grant
        /// Everything that the same user has allowed this client, on whichever machine; such a
        /// token is revoked only for one who asks for that.
        case everyInstallation
    }

    /// What revoking a refresh token ends.
    public let radius: Radius
    /// Where a user ends the grant by hand, such as `Settings, Connected applications`; nil when
    /// the service has no such page.
    public let page: String?

    /// Describes a service; a page is named as the service names it.
    public init(radius: Radius = .grant, page: String? = nil) {
        self.radius = radius
        self.page = page
    }
}

/// A member of a token answer that the RFC does not know and a provider wants kept.
public struct GrantField: Sendable, Equatable {
    /// The member's name in the token answer, such as `scoped_teams`.
    public let member: String
    /// Its name in the stored grant and in JSON answers, such as `scopedTeams`.
    public let name: String
    /// What stands in its place when the answer has none.
    public let fallback: JSONValue
    /// Whether the answers about a stored credential show it; never true for a secret.
    public let isInSummary: Bool

    /// Declares a member.
    public init(
        _ member: String, as name: String, fallback: JSONValue, isInSummary: Bool = false
    ) {
        self.member = member
        self.name = name
        self.fallback = fallback
        self.isInSummary = isInSummary
    }
}

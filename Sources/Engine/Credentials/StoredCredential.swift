/// What a row of `provider_credentials` holds.
package enum CredentialKind: String, Sendable {
    /// A grant that a user gave.
    case oauth
    /// What provisioning made or learnt: the minted webhook secret, the project's key.
    case derived
}

/// A row, opened where it can be.
package struct StoredCredential: Sendable {
    package let provider: ProviderID
    package let kind: CredentialKind
    package let createdAt: String
    package let updatedAt: String
    /// Nil when no key of this instance opens the row.
    package let contents: JSONValue?
    /// The sealed text, for a compare-and-swap.
    let payload: String

    /// Nil when the row cannot be opened or holds no grant.
    package func grant(fields: Set<String>) -> Grant? {
        contents.flatMap { try? Grant($0, fields: fields) }
    }
}

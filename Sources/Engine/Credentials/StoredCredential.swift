/// What a row of `provider_credentials` holds.
///
/// No enumeration: rows of a kind that this build does not know are counted and sealed anew too.
package struct CredentialKind: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A grant that a user gave.
    package static let oauth = CredentialKind(rawValue: "oauth")
    /// Keys that a user pasted.
    package static let apiKey = CredentialKind(rawValue: "api_key")
    /// What provisioning made or learnt: the minted webhook secret, the project's key.
    package static let derived = CredentialKind(rawValue: "derived")
}

extension Authentication {
    /// What a user's credential is stored as.
    package var credentialKind: CredentialKind { keyUse == nil ? .oauth : .apiKey }
}

/// A row, opened where it can be.
package struct StoredCredential: Sendable {
    package let provider: ProviderID
    package let kind: CredentialKind
    package let createdAt: String
    package let updatedAt: String
    /// Every member that the row has, also those that this build does not know.
    package let reading: Result<JSONValue, SealedRowError>
    /// Nil when the text is of neither format.
    package let format: SealedFormat?
    /// The key that opened the row, else the one that it wants; nil when it does not say.
    package let keyID: String?
    /// The sealed text, for a compare-and-swap.
    let payload: String

    package var contents: JSONValue? { try? reading.get() }

    /// Why there are no contents.
    package var failure: SealedRowError? {
        if case .failure(let failure) = reading { failure } else { nil }
    }

    /// Why no key opens it; nil also when it opens and holds no JSON.
    var closure: SealedRowError? { failure == .notJSON ? nil : failure }

    /// Nil when the row cannot be opened or holds no grant.
    package func grant(fields: Set<String>) -> Grant? {
        contents.flatMap { try? Grant($0, fields: fields) }
    }

    /// Nil when the row cannot be opened or holds no keys such as these.
    package func keys(_ declared: [KeyField]) -> KeyCredential? {
        contents.flatMap { try? KeyCredential($0, declared: declared, checkingRules: false) }
    }

    /// The format in which it is written back.
    ///
    /// The earlier one stays, since the earlier implementation may still be reading the row.
    var formatToKeep: SealedFormat { format ?? .envelope }
}

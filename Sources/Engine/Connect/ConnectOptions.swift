/// What the user asked `connect` to do.
package struct ConnectOptions: Sendable {
    package static let defaultTimeout = Duration.seconds(300)

    /// The address to authorize against, when it was given.
    package var host: URL?
    /// The address of a client's document to use instead of the provider's.
    package var clientID: String?
    package var project: String?
    package var provisionOnly = false
    package var skipsProvisioning = false
    package var mergesDuplicates = false
    package var skipsProof = false
    package var rotatesSecret = false
    package var grace: Duration?
    package var opensBrowser = true
    /// What a key file holds, where keys come from one.
    package var keyText: Secret?
    package var timeout = ConnectOptions.defaultTimeout

    package init() {}
}

/// Someone who can answer questions; absent where nobody can.
package struct ConnectPrompt: Sendable {
    /// Chooses one of the provider's hosts or another address; nil when the user gave up.
    package let host: @Sendable (_ provider: any Provider, _ preselected: URL?) async -> URL?
    /// Chooses one of several projects; nil when the user gave up.
    package let project: @Sendable ([ProvisionError.ProjectCandidate]) async -> String?
    /// Asks for a value to paste, a secret one unseen; nil when the user gave up.
    package let key: @Sendable (KeyField) async -> String?

    package init(
        host: @escaping @Sendable (any Provider, URL?) async -> URL?,
        project: @escaping @Sendable ([ProvisionError.ProjectCandidate]) async -> String?,
        key: @escaping @Sendable (KeyField) async -> String? = { _ in nil }
    ) {
        self.host = host
        self.project = project
        self.key = key
    }
}

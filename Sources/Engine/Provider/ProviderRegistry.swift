/// Every provider that this program knows, by id.
public struct ProviderRegistry: Sendable {
    /// The providers, in the order of the list they came from.
    public let providers: [any Provider]

    /// Takes a list over.
    ///
    /// - Throws: ``ConfigurationError`` when two share an id, one's id is malformed, or one carries a
    ///   key that it does not ask for.
    public init(_ providers: [any Provider]) throws(ConfigurationError) {
        var seen: Set<ProviderID> = []
        for provider in providers {
            guard provider.id.isWellFormed else {
                throw ConfigurationError(
                    "the provider id '\(provider.id)' is not lower-case letters, digits and hyphens",
                    hint: "rename the provider")
            }
            guard seen.insert(provider.id).inserted else {
                throw ConfigurationError(
                    "two providers are called '\(provider.id)'", hint: "rename one of them")
            }
            guard provider.authentication.asksForWhatItUses else {
                throw ConfigurationError(
                    "the provider '\(provider.id)' carries a key that it does not ask for, or asks for one twice",
                    hint: "give each of its key fields a name of its own, and use one of them")
            }
        }
        self.providers = providers
    }

    /// The ids, in order.
    public var ids: [String] { providers.map(\.id.rawValue) }

    /// The provider of that name.
    ///
    /// - Throws: ``UnknownProvider``, which names those that are known.
    public func provider(_ id: String) throws(UnknownProvider) -> any Provider {
        guard let provider = providers.first(where: { $0.id.rawValue == id }) else {
            throw UnknownProvider(id: id.sanitized(limit: 60), known: ids)
        }
        return provider
    }
}

/// A provider's name that this program does not know.
public struct UnknownProvider: ActionableError, Equatable {
    /// The name, cleaned for display.
    public let id: String
    /// The names that are known.
    public let known: [String]
    /// The word `unknown_provider`.
    public var code: String { "unknown_provider" }
    /// One sentence with the name.
    public var description: String { "there is no provider '\(id)'" }
    /// The known names.
    public var hint: String? { "use one of: \(known.joined(separator: ", "))" }
}

/// Something that a provider lets its user do, and the scopes without which it does not work.
///
/// Scopes alone tell a user nothing; gaps are shown as the features that they switch off.
public struct Feature: Sendable, Equatable {
    /// What people call it, such as `person reads`: lower case, fit for the end of a sentence.
    public let name: String
    /// Every scope that it needs; each one stands among the provider's ``Provider/scopes`` too.
    public let scopes: [Scope]

    /// Declares a feature.
    public init(_ name: String, needs scopes: [Scope]) {
        self.name = name
        self.scopes = scopes
    }
}

extension Provider {
    /// The features that do not work while these scopes are missing, in the provider's order.
    public func features(lacking gap: [Scope]) -> [Feature] {
        features.filter { feature in feature.scopes.contains { gap.contains($0) } }
    }

    /// The scopes that some feature needs, in the provider's order: what a pasted key must allow.
    public var featureScopes: [Scope] {
        let needed = Set(features.flatMap(\.scopes))
        return scopes.filter { needed.contains($0) }
    }
}

extension Provider {
    /// What a gap means for the user, as the rest of a sentence that names the scopes.
    package func consequence(ofMissing names: [String]) -> String {
        if !names.isEmpty { return ", so \(names.joined(separator: " and ")) will not work" }
        return features.isEmpty ? "" : ", which no feature needs yet"
    }
}

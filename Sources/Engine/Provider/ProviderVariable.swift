/// A variable of the instance's environment that a provider reads, for help and reference pages.
public struct ProviderVariable: Sendable, Equatable {
    /// Its name, such as `ACME_HOST`.
    public let name: String
    /// What it says, in one line.
    public let summary: String
    /// Whether its value is a secret.
    public let isSecret: Bool

    /// Declares a variable.
    public init(_ name: String, _ summary: String, isSecret: Bool = false) {
        self.name = name
        self.summary = summary
        self.isSecret = isSecret
    }
}

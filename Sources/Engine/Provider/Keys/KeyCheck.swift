/// Pasted keys as a provider may use them to see whether they work.
public struct KeyCheck: Sendable {
    /// Sends requests to ``host`` that carry the key, and refuses other hosts.
    public let api: any HTTPClient
    /// The service's address, without a slash at the end.
    public let host: URL
    /// The values that are not secret, by ``KeyField/name``.
    public let values: [String: String]
    /// The ``KeyRule/prefixes`` that the values have, by ``KeyField/name``, also of secret ones.
    public let prefixes: [String: String]

    /// Makes one; tests make their own.
    public init(
        api: any HTTPClient, host: URL, values: [String: String] = [:],
        prefixes: [String: String] = [:]
    ) {
        self.api = api
        self.host = host
        self.values = values
        self.prefixes = prefixes
    }
}

/// What the service says of keys that work.
public struct KeyReport: Sendable, Equatable {
    /// What is kept beside the keys and shown with them, such as an account's id; never a secret.
    public let fields: [String: JSONValue]

    /// Makes a report, empty unless told otherwise.
    public init(fields: [String: JSONValue] = [:]) { self.fields = fields }
}

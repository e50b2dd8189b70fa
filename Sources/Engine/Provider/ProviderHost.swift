/// One of the places at which a provider can be reached, offered when the user is asked for one.
public struct ProviderHost: Sendable, Equatable {
    /// What the prompt calls it, such as `Acme EU`.
    public let name: String
    /// Its address without a slash at the end, such as `https://eu.acme.example`.
    public let address: String
    /// The address of the API that a grant from there is good for, where it is another one.
    public let api: String?

    /// Names a place; with OAuth its address is where users authorize.
    public init(_ name: String, _ address: String, api: String? = nil) {
        self.name = name
        self.address = address
        self.api = api
    }
}

/// The address that a user's text stands for, and what the user should know about it.
public struct ResolvedHost: Sendable, Equatable {
    /// Scheme, host and, where it is not the scheme's own, port; no slash at the end.
    public let url: URL
    /// One sentence when the address differs from what was given; nil otherwise.
    public let note: String?

    /// Pairs an address with a note.
    public init(_ url: URL, note: String? = nil) {
        self.url = url
        self.note = note
    }
}

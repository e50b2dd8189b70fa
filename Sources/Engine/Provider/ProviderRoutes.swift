/// The instance's paths for a provider.
public struct ProviderRoutes: Sendable, Equatable {
    /// The path that answers what a client must know before it connects.
    public let connectInfo: String
    /// The path that provisions.
    public let provision: String

    /// Names paths that predate this engine; the standard ones are answered as well.
    public init(connectInfo: String, provision: String) {
        self.connectInfo = connectInfo
        self.provision = provision
    }

    /// The standard paths, `/v1/admin/providers/<id>/…`.
    public static func standard(_ id: ProviderID) -> ProviderRoutes {
        ProviderRoutes(
            connectInfo: "/v1/admin/providers/\(id)/connect-info",
            provision: "/v1/admin/providers/\(id)/provision")
    }
}

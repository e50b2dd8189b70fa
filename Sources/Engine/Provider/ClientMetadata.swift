/// The document that describes a public client at the address that is its id (RFC 7591 §2,
/// draft-ietf-oauth-client-id-metadata-document §4), made from what a provider declares.
package struct ClientMetadata: Sendable {
    /// The document's address, which is the client's id.
    package let clientID: String
    private let provider: any Provider

    /// The document at the address that the provider declares; nil where its client has none.
    package init?(of provider: any Provider) {
        guard provider.isKnownByDocument, let clientID = provider.authentication.clientID else {
            return nil
        }
        self.init(of: provider, at: clientID)
    }

    /// The same document at an address of somebody's own; nil where the provider's client has none,
    /// and for an address that is no client's id.
    package init?(of provider: any Provider, at clientID: String) {
        guard provider.isKnownByDocument, Self.isAddress(clientID) else { return nil }
        self.clientID = clientID
        self.provider = provider
    }

    /// The members; without a secret, since the client has none.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "client_id": .string(clientID), "client_name": "Hogsend",
            "redirect_uris": .array(provider.redirectURIs.map { .string($0) }),
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "token_endpoint_auth_method": "none",
        ]
        if !provider.scopes.isEmpty { members["scope"] = .string(provider.scopes.joined) }
        return .object(members)
    }

    /// Where an instance serves it, below its own address.
    package static func path(_ id: ProviderID) -> String {
        "/.well-known/hogsend-\(id)-client.json"
    }

    private static let longestAddress = 2048

    /// Whether an address may be a client's id: https, with a path, without user, query, fragment
    /// and dot segments (draft-ietf-oauth-client-id-metadata-document §3).
    package static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= longestAddress, text.utf8.starts(with: "https://".utf8),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            text.utf8.allSatisfy({ $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }),
            let url = URL(address: text)
        else { return false }
        let names = url.path(percentEncoded: true).lowercased().split(separator: "/")
        let dots = [".", "..", "%2e", "%2e%2e", ".%2e", "%2e."]
        return !names.isEmpty && !names.contains { dots.contains(String($0)) }
    }
}

extension ClientMetadata {
    /// The members in which a document that was found at ``clientID`` falls short of this one, by
    /// name.
    ///
    /// A list and `scope` may hold more, in any order; members that are not ours do not count.
    package func differences(from found: JSONValue) -> [String] {
        (json.object ?? [:]).filter { name, value in !Self.holds(found[name], value, name) }
            .map(\.key).sorted()
    }

    private static func holds(_ found: JSONValue?, _ wanted: JSONValue, _ name: String) -> Bool {
        switch (found, wanted) {
        case (.array(let found)?, .array(let wanted)): wanted.allSatisfy(found.contains)
        case (.string(let found)?, .string(let wanted)) where name == "scope":
            Set(found.split(separator: " ")).isSuperset(of: wanted.split(separator: " "))
        case (.string(let found)?, .string(let wanted)): found.utf8.elementsEqual(wanted.utf8)
        default: false
        }
    }
}

extension Provider {
    /// Whether the user logs in by an authorization code with a client known by its document.
    package var isKnownByDocument: Bool {
        guard authentication.usesAuthorizationCode, let id = authentication.clientID else {
            return false
        }
        return ClientMetadata.isAddress(id)
    }

    /// Every redirect URI that a login may use: one for each port, or without a port for any, on
    /// both loopback addresses (RFC 8252 §7.3).
    package var redirectURIs: [String] {
        guard redirectPorts.isEmpty else {
            return redirectPorts.map { "http://\(redirectHost.rawValue):\($0)\(callbackPath)" }
        }
        let hosts = redirectHost == .address ? ["127.0.0.1", "[::1]"] : [redirectHost.rawValue]
        return hosts.map { "http://\($0)\(callbackPath)" }
    }
}

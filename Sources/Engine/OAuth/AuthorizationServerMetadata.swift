/// What an authorization server says of itself (RFC 8414).
package struct AuthorizationServerMetadata: Sendable, Equatable {
    package let issuer: String
    /// There in every document that was read for a login with a browser.
    package let authorizationEndpoint: URL?
    /// There in every document that was read for the device grant (RFC 8628 §4).
    package let deviceAuthorizationEndpoint: URL?
    package let tokenEndpoint: URL
    package let revocationEndpoint: URL?
    /// Whether answers carry `iss` (RFC 9207 §3).
    package let sendsIssuer: Bool
    /// Whether a client may be known by the address of its metadata document.
    package let readsClientMetadata: Bool

    /// Reads a document that was fetched for `issuer`, for a login by that flow.
    ///
    /// Endpoints stand on the issuer's own origin or on one of `endpointHosts`; of a document that
    /// breaks a rule, nothing is used.
    package init(
        _ document: JSONValue, issuer: String, endpointHosts: [String],
        flow: AuthorizationFlow = .code
    ) throws(OAuthError) {
        let reader = MetadataReader(document, issuer: issuer, endpointHosts: endpointHosts)
        let found = try reader.text("issuer")
        guard Self.same(found, issuer) else {
            throw .issuerMismatch(expected: issuer, found: found.sanitized())
        }
        self.issuer = found
        let (authorize, device) = ("authorization_endpoint", "device_authorization_endpoint")
        authorizationEndpoint =
            try flow == .code ? reader.endpoint(authorize) : reader.optionalEndpoint(authorize)
        if flow == .device, reader.lacks(device) { throw .noDeviceGrant(host: issuer) }
        deviceAuthorizationEndpoint = try flow == .device ? reader.endpoint(device) : nil
        tokenEndpoint = try reader.endpoint("token_endpoint")
        revocationEndpoint = try reader.optionalEndpoint("revocation_endpoint")
        sendsIssuer = try reader.flag("authorization_response_iss_parameter_supported")
        readsClientMetadata = try reader.flag("client_id_metadata_document_supported")
        try reader.requireIfGiven(flow.grantType, in: "grant_types_supported")
        guard flow == .code else { return }
        try reader.require("S256", in: "code_challenge_methods_supported")
        try reader.requireIfGiven("code", in: "response_types_supported")
    }

    /// Byte for byte (§3.3), but for the slash of an empty path.
    private static func same(_ found: String, _ expected: String) -> Bool {
        found.utf8.elementsEqual(expected.utf8)
            || isEmptyPath(expected) && found.utf8.elementsEqual((expected + "/").utf8)
    }

    private static func isEmptyPath(_ issuer: String) -> Bool {
        URL(string: issuer)?.path(percentEncoded: true).isEmpty == true
    }
}

/// Members of a metadata document, with their types checked (§3.2).
private struct MetadataReader {
    let members: [String: JSONValue]
    let issuer: String
    let endpointHosts: [String]

    init(_ document: JSONValue, issuer: String, endpointHosts: [String]) {
        members = document.object ?? [:]
        self.issuer = issuer
        self.endpointHosts = endpointHosts
    }

    func failure(_ reason: String) -> OAuthError {
        .discoveryFailed(host: issuer, reason: reason)
    }

    func text(_ name: String) throws(OAuthError) -> String {
        guard let text = members[name]?.string, !text.isEmpty else {
            throw failure("'\(name)' is missing or not a text")
        }
        return text
    }

    func flag(_ name: String) throws(OAuthError) -> Bool {
        guard let value = members[name], value != .null else { return false }
        guard let flag = value.bool else { throw failure("'\(name)' is neither true nor false") }
        return flag
    }

    func lacks(_ name: String) -> Bool { members[name] == nil || members[name] == .null }

    func optionalEndpoint(_ name: String) throws(OAuthError) -> URL? {
        members[name] == nil ? nil : try endpoint(name)
    }

    func endpoint(_ name: String) throws(OAuthError) -> URL {
        guard let url = URL(string: try text(name)), let host = url.host(), !host.isEmpty,
            url.user() == nil, url.fragment() == nil, !url.isInsecure
        else { throw failure("'\(name)' is not an https address") }
        let isOwn = URL(string: issuer)?.origin == url.origin
        guard isOwn || (url.scheme == "https" && endpointHosts.contains(host.lowercased())) else {
            throw failure("'\(name)' is on '\(host.sanitized())', which this provider does not use")
        }
        return url
    }

    func require(_ value: String, in name: String) throws(OAuthError) {
        guard members[name] != nil else { throw failure("it does not offer '\(value)' (\(name))") }
        try requireIfGiven(value, in: name)
    }

    func requireIfGiven(_ value: String, in name: String) throws(OAuthError) {
        guard let list = members[name] else { return }
        guard let elements = list.array, !elements.isEmpty,
            elements.allSatisfy({ $0.string != nil })
        else { throw failure("'\(name)' is not a list of texts") }
        guard elements.contains(.string(value)) else {
            throw failure("it does not offer '\(value)' (\(name))")
        }
    }
}

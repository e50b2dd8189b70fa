/// What a login brought: tokens and where they are used.
///
/// One JSON shape serves the wire and the sealed row. Members that only the provider knows ride in
/// `fields`.
package struct Grant: Sendable {
    package var accessToken: Secret
    package var refreshToken: Secret?
    package var expiresAt: Date?
    package var tokenEndpoint: URL
    package var clientID: String
    package var scopes: [Scope]
    package var host: URL
    package var issuer: String?
    package var revocationEndpoint: URL?
    package var fields: [String: JSONValue]

    package init(
        accessToken: Secret, refreshToken: Secret?, expiresAt: Date?, tokenEndpoint: URL,
        clientID: String, scopes: [Scope], host: URL, issuer: String?,
        revocationEndpoint: URL?, fields: [String: JSONValue]
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresAt = expiresAt
        self.tokenEndpoint = tokenEndpoint
        self.clientID = clientID
        self.scopes = scopes
        self.host = host
        self.issuer = issuer
        self.revocationEndpoint = revocationEndpoint
        self.fields = fields
    }

    /// From here on a number that is a date counts milliseconds, below it seconds.
    package static let firstMilliseconds = 1e11

    /// Why a JSON document is no grant; names the member, never its value.
    package struct Malformed: Error, Equatable {
        package let reason: String
    }
}

extension Grant {
    /// Reads the JSON shape; of the members it does not know it keeps those in `fields`.
    ///
    /// A grant made by a client that does not say its host is read from its token endpoint.
    package init(_ json: JSONValue, fields names: Set<String>) throws(Malformed) {
        let reader = GrantReader(members: json.object ?? [:])
        let endpoint = try reader.endpoint("tokenEndpoint")
        self.init(
            accessToken: try reader.secret("accessToken"),
            refreshToken: try reader.optionalSecret("refreshToken"),
            expiresAt: try reader.date("expiresAt"), tokenEndpoint: endpoint,
            clientID: try reader.text("clientId"), scopes: try reader.scopes("scopes"),
            host: try reader.optionalAddress("privateHost")
                ?? URL(string: "/", relativeTo: endpoint)?.absoluteURL ?? endpoint,
            issuer: reader.members["issuer"]?.string,
            revocationEndpoint: try reader.optionalEndpoint("revocationEndpoint"),
            fields: reader.members.filter { names.contains($0.key) })
    }

    /// The JSON shape, tokens included: only for the sealer and for the wire to the instance.
    package var json: JSONValue {
        var members = fields
        members["accessToken"] = .string(accessToken.reveal())
        members["refreshToken"] = refreshToken.map { .string($0.reveal()) } ?? .null
        members["expiresAt"] = expiresAt.map { .string($0.iso8601) } ?? .null
        members["tokenEndpoint"] = .string(tokenEndpoint.absoluteString)
        members["clientId"] = .string(clientID)
        members["scopes"] = .array(scopes.map { .string($0.rawValue) })
        members["privateHost"] = .string(host.withoutTrailingSlash)
        members["issuer"] = issuer.map { .string($0) } ?? .null
        members["revocationEndpoint"] =
            revocationEndpoint.map { .string($0.absoluteString) } ?? .null
        return .object(members)
    }
}

private struct GrantReader {
    let members: [String: JSONValue]

    func text(_ name: String) throws(Grant.Malformed) -> String {
        guard let text = members[name]?.string, !text.isEmpty else {
            throw Grant.Malformed(reason: "'\(name)' is missing or not a text")
        }
        return text
    }

    func secret(_ name: String) throws(Grant.Malformed) -> Secret {
        let text = try text(name)
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Grant.Malformed(reason: "'\(name)' holds characters that no header can carry")
        }
        return Secret(text)
    }

    func optionalSecret(_ name: String) throws(Grant.Malformed) -> Secret? {
        isAbsent(name) ? nil : try secret(name)
    }

    func address(_ name: String) throws(Grant.Malformed) -> URL {
        guard let url = URL(address: try text(name)), !url.isInsecure else {
            throw Grant.Malformed(reason: "'\(name)' is not an https address")
        }
        return url
    }

    /// An address that may have a query (RFC 6749 §3.2).
    func endpoint(_ name: String) throws(Grant.Malformed) -> URL {
        let text = try text(name)
        guard let base = URL(address: String(text.prefix { $0 != "?" })), !base.isInsecure,
            let url = URL(string: text.trimmingWhitespace()), url.fragment() == nil,
            url.origin == base.origin
        else { throw Grant.Malformed(reason: "'\(name)' is not an https address") }
        return url
    }

    func optionalEndpoint(_ name: String) throws(Grant.Malformed) -> URL? {
        isAbsent(name) ? nil : try endpoint(name)
    }

    func optionalAddress(_ name: String) throws(Grant.Malformed) -> URL? {
        isAbsent(name) ? nil : try address(name)
    }

    /// ISO text, or seconds or milliseconds since 1970; from 10^11 on it is milliseconds.
    func date(_ name: String) throws(Grant.Malformed) -> Date? {
        let date: Date? =
            switch members[name] {
            case nil, .null: nil
            case .string(let text): Date(iso8601: text)
            case .integer(let number): Self.date(Double(number))
            case .number(let number): Self.date(number)
            default: nil
            }
        if date == nil, isAbsent(name) { return nil }
        // A row whose date has no spelling of four-digit years could not be read again.
        guard let date, Date(iso8601: date.iso8601) != nil else {
            throw Grant.Malformed(reason: "'\(name)' is not a date")
        }
        return date
    }

    private static func date(_ number: Double) -> Date? {
        let seconds = abs(number) >= Grant.firstMilliseconds ? number / 1000 : number
        return abs(seconds) < Grant.firstMilliseconds ? Date(timeIntervalSince1970: seconds) : nil
    }

    func scopes(_ name: String) throws(Grant.Malformed) -> [Scope] {
        if let text = members[name]?.string { return Scope.list(parsing: text) }
        guard !isAbsent(name) else { return [] }
        guard let list = members[name]?.array, list.allSatisfy({ $0.string != nil }) else {
            throw Grant.Malformed(reason: "'\(name)' is not a list of texts")
        }
        return Scope.list(parsing: list.compactMap(\.string).joined(separator: " "))
    }

    private func isAbsent(_ name: String) -> Bool {
        members[name] == nil || members[name] == .null
    }
}

/// What may be said of a stored credential: no member can hold a token.
package struct CredentialSummary: Sendable, Equatable {
    package let providerID: String
    package let kind: String
    package let createdAt: String?
    package let updatedAt: String?
    /// The key that the row is sealed with, or that it wants; nil when it does not say.
    package let keyID: String?
    /// Nil when the row cannot be opened.
    package let opened: Opened?
    /// Declared members of the grant, and what else is said of it, by name.
    package let fields: [String: JSONValue]

    package struct Opened: Sendable, Equatable {
        package let scopes: [String]
        package let expiresAt: String?
    }

    package init(
        providerID: String, kind: String, createdAt: String?, updatedAt: String?, keyID: String?,
        opened: Opened?, fields: [String: JSONValue]
    ) {
        self.providerID = providerID
        self.kind = kind
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.keyID = keyID
        self.opened = opened
        self.fields = fields
    }

    package init?(_ json: JSONValue) {
        guard var members = json.object, let id = members.removeValue(forKey: "providerId")?.string
        else { return nil }
        providerID = id
        kind = members.removeValue(forKey: "kind")?.string ?? "oauth"
        createdAt = members.removeValue(forKey: "createdAt")?.string
        updatedAt = members.removeValue(forKey: "updatedAt")?.string
        keyID = members.removeValue(forKey: "keyId")?.string
        let scopes = members.removeValue(forKey: "scopes")?.array?.compactMap(\.string)
        let expiresAt = members.removeValue(forKey: "expiresAt")?.string
        let isOpened = members["status"] != "undecryptable"
        opened = isOpened ? Opened(scopes: scopes ?? [], expiresAt: expiresAt) : nil
        fields = members
    }

    /// The answer's shape; `fieldNames` get nulls when the row cannot be opened.
    package func json(fieldNames: [String] = []) -> JSONValue {
        var members = fields
        for name in fieldNames where members[name] == nil { members[name] = .null }
        members["providerId"] = .string(providerID)
        members["kind"] = .string(kind)
        members["scopes"] = opened.map { .array($0.scopes.map { .string($0) }) } ?? .null
        members["expiresAt"] = opened?.expiresAt.map { .string($0) } ?? .null
        members["createdAt"] = createdAt.map { .string($0) } ?? .null
        members["updatedAt"] = updatedAt.map { .string($0) } ?? .null
        members["keyId"] = keyID.map { .string($0) } ?? .null
        if opened == nil { members["status"] = "undecryptable" }
        return .object(members)
    }
}

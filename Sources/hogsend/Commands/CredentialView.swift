import Engine

/// One credential for the eyes: what the instance says of it, in a fixed order.
struct CredentialView {
    static let columns = [
        (title: "PROVIDER", member: "providerId"), (title: "KIND", member: "kind"),
        (title: "STATUS", member: "status"), (title: "SCOPES", member: "scopes"),
        (title: "GAP", member: "scopeGap"), (title: "EXPIRES", member: "expiresAt"),
        (title: "LAST REFRESH", member: "lastRefreshAt"),
        (title: "NEXT ATTEMPT", member: "nextAttemptAt"), (title: "KEY", member: "keyId"),
        (title: "CREATED", member: "createdAt"), (title: "UPDATED", member: "updatedAt"),
    ]

    private let members: [String: JSONValue]

    init(_ summary: CredentialSummary) {
        self.init(summary.json())
    }

    init(_ json: JSONValue) {
        members = json.object ?? [:]
    }

    /// One cell a column; of a list, how many it holds.
    var row: [String] {
        Self.columns.map { column in
            members[column.member]?.array.map { String($0.count) } ?? text(column.member)
        }
    }

    /// A line for each column, then one for everything else that the instance said.
    var lines: [String] {
        let known = Self.columns.map(\.member)
        let others = members.keys.filter { !known.contains($0) }.sorted()
        return (known + others).map { "\($0.sanitized(limit: 60)): \(text($0))" }
    }

    private func text(_ member: String) -> String {
        members[member].flatMap(Self.text) ?? TextTable.missing
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text.sanitized(limit: 600)
        case .array([]): "none"
        // Scopes hold no spaces; names of features do.
        case .array(let elements):
            elements.compactMap(text).joined(
                separator: elements.contains { $0.string?.contains(" ") == true } ? ", " : " ")
        default: String(decoding: value.encoded(), as: UTF8.self)
        }
    }
}

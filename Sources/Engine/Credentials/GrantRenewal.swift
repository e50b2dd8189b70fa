/// What a refresh answer changes in a stored grant (RFC 6749 §6).
///
/// The document is changed and not made anew, for the earlier implementation may read it: members
/// that we do not know stay, and each keeps its spelling.
struct GrantRenewal {
    let answer: RefreshAnswer
    let fields: [GrantField]
    let now: Date

    func applied(to contents: JSONValue) -> JSONValue {
        var members = contents.object ?? [:]
        members["accessToken"] = .string(answer.tokens.accessToken.reveal())
        // A missing one keeps the old value, here and below.
        if let token = answer.tokens.refreshToken {
            members["refreshToken"] = .string(token.reveal())
        }
        members["expiresAt"] = expiry(spelledLike: members["expiresAt"])
        if let scopes = scopes(within: members["scopes"]) { members["scopes"] = scopes }
        if members["tokenEndpoint"]?.string.flatMap({ URL(string: $0) }) != answer.endpoint {
            members["tokenEndpoint"] = .string(answer.endpoint.absoluteString)
        }
        for field in fields {
            let value = answer.tokens.harmlessMembers[field.member]
            if let value, value != .null { members[field.name] = value }
        }
        return .object(members)
    }

    /// ISO text unless it was a number: of milliseconds, or of seconds.
    private func expiry(spelledLike old: JSONValue?) -> JSONValue {
        guard let life = answer.tokens.expiresIn else { return .null }
        let end = now.addingTimeInterval(Double(life.milliseconds) / 1000)
        let number: Double? =
            switch old {
            case .integer(let number): Double(number)
            case .number(let number): number
            default: nil
            }
        guard let number else { return .string(end.iso8601) }
        let unit = abs(number) >= Grant.firstMilliseconds ? 1000.0 : 1
        return .integer(Int64(end.timeIntervalSince1970 * unit))
    }

    /// Never wider than what was granted, whatever the answer says.
    private func scopes(within old: JSONValue?) -> JSONValue? {
        // An empty list is a missing one: a grant without any scope is of no use to anyone.
        guard let answered = answer.tokens.scopes, !answered.isEmpty else { return nil }
        // None is not the same as not known.
        let isKnown = old.map { $0 != .null } ?? false
        let kept = isKnown ? answered.filter(Set(Self.scopes(old)).contains) : answered
        if old?.string != nil { return .string(kept.joined) }
        return .array(kept.map { .string($0.rawValue) })
    }

    private static func scopes(_ value: JSONValue?) -> [Scope] {
        Scope.list(
            parsing: value?.string
                ?? (value?.array ?? []).compactMap(\.string).joined(separator: " "))
    }
}

public import Engine

/// A person as PostHog knows him now (<https://posthog.com/docs/api/persons>).
public struct Person: Sendable, Equatable {
    /// PostHog's own id of the person, which changes when two persons are merged.
    public let uuid: String?
    /// What PostHog shows of the person: an e-mail address, a name or a distinct id.
    public let name: String?
    /// When PostHog first saw the person, in ISO 8601 as PostHog spells it.
    public let createdAt: String?
    /// The person's properties, those whose names begin with `$` among them.
    public let properties: [String: JSONValue]

    /// Makes a person; tests make their own.
    public init(
        uuid: String? = nil, name: String? = nil, createdAt: String? = nil,
        properties: [String: JSONValue]
    ) {
        self.uuid = uuid
        self.name = name
        self.createdAt = createdAt
        self.properties = properties
    }

    init?(_ json: JSONValue) {
        guard let properties = json["properties"]?.object else { return nil }
        self.init(
            uuid: json["uuid"]?.string, name: json["name"]?.string,
            createdAt: json["created_at"]?.string, properties: properties)
    }

    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "uuid": text(uuid), "name": text(name), "createdAt": text(createdAt),
            "properties": .object(properties),
        ]
    }
}

/// What came of asking for a person.
public enum PersonReading: Sendable, Equatable {
    /// The person, and whose permission the call rode on.
    case found(Person, ServiceAccess.Credential)
    /// PostHog knows no such person; it may still hear of one that was just made.
    case absent(ServiceAccess.Credential)
    /// PostHog could not be asked: the caller does without.
    case unavailable(Reason)

    /// Why PostHog could not be asked.
    public enum Reason: String, Sendable {
        /// No grant is stored and no key is pasted.
        case noCredential = "no_credential"
        /// A key is pasted, but nothing says for which host.
        case notConfigured = "not_configured"
        /// The database cannot be read, so that nobody knows whether a grant is stored.
        case storeUnavailable = "store_unavailable"
        /// It is not clear which project is meant, or the credential does not cover it.
        case projectUnclear = "project_unclear"
        /// PostHog does not take the credential, or the grant has no usable token.
        case unauthorized
        /// The credential lacks a scope.
        case missingScope = "missing_scope"
        /// PostHog refuses for a reason of its own, such as the user's role.
        case forbidden
        /// PostHog asked to be left alone for a while.
        case throttled
        /// PostHog failed or was out of reach.
        case serviceUnavailable = "service_unavailable"
        /// The answer took longer than ten seconds.
        case timedOut = "timed_out"
        /// The answer was none of PostHog's API, or was about somebody else.
        case unexpectedAnswer = "unexpected_answer"
        /// The distinct id is empty or longer than ``PersonReads/longestID``.
        case invalidID = "invalid_distinct_id"
    }

    /// The properties now: none of a person whom PostHog does not know, nil when it was not asked.
    public var properties: [String: JSONValue]? {
        switch self {
        case .found(let person, _): person.properties
        case .absent: [:]
        case .unavailable: nil
        }
    }
}

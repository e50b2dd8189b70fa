/// One of the values that a user pastes to connect.
public struct KeyField: Sendable, Equatable {
    /// Its name in key files, in the stored credential and in JSON answers, such as `botToken`.
    public let name: String
    /// What the prompt calls it, such as `bot token`: lower case, fit for the end of a sentence.
    public let label: String
    /// What a value must look like.
    public let rule: KeyRule
    /// Whether it is hidden while it is typed and shown nowhere; false for an id.
    public let isSecret: Bool
    /// Whether deliveries are verified with it: ``WebhookSource`` then needs no other secret.
    public let verifiesDeliveries: Bool

    /// Declares a value; a secret one that verifies nothing, unless told otherwise.
    public init(
        _ name: String, label: String, rule: KeyRule = KeyRule(), isSecret: Bool = true,
        verifiesDeliveries: Bool = false
    ) {
        self.name = name
        self.label = label
        self.rule = rule
        self.isSecret = isSecret
        self.verifiesDeliveries = verifiesDeliveries
    }
}

/// What a pasted value must look like, checked before anything is sent.
public struct KeyRule: Sendable, Equatable {
    /// The characters that may stand behind the prefix.
    public enum Alphabet: Sendable, Equatable {
        /// Visible ASCII.
        case printable
        /// `0` to `9`.
        case digits
        /// Hexadecimal digits in either case.
        case hex
        /// ASCII letters, digits and `-`, `_`, `.`.
        case token
    }

    /// The beginnings of which a value has one; empty for any.
    public let prefixes: [String]
    /// The characters behind it.
    public let alphabet: Alphabet
    /// How many characters the whole value may have.
    public let length: ClosedRange<Int>

    /// Declares a rule; visible ASCII of up to 4,096 characters unless told otherwise.
    public init(
        prefixes: [String] = [], _ alphabet: Alphabet = .printable,
        length: ClosedRange<Int> = 1...4096
    ) {
        self.prefixes = prefixes
        self.alphabet = alphabet
        self.length = length
    }
}

/// How a request carries a pasted key.
public struct KeyUse: Sendable, Equatable {
    package let header: String
    package let prefix: String
    package let field: String

    /// A header with the value of a field behind a prefix, such as `Authorization: Bot <token>`.
    public static func header(_ header: String, prefix: String = "", field: String) -> KeyUse {
        KeyUse(header: header, prefix: prefix, field: field)
    }

    /// A bearer token (RFC 6750 §2.1).
    public static func bearer(field: String) -> KeyUse {
        KeyUse(header: "Authorization", prefix: "Bearer ", field: field)
    }
}

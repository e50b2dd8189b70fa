/// What provisioning would change, read but not yet written.
public struct ProvisionPlan: Sendable, Equatable {
    /// What the write will be.
    public enum Action: String, Sendable {
        /// Something new is made.
        case created
        /// Something that is there is changed.
        case updated
        /// Everything is as it should be; nothing is written.
        case unchanged
    }

    /// What the write will be.
    public let action: Action
    /// The differences, field by field.
    public let changes: [Change]
    /// What else at the service does the same, beside the one that is planned for.
    public let duplicates: [Duplicate]
    /// What ``Provider/apply(_:_:)`` of the same provider needs to know; no secret stands in it.
    public let target: JSONValue

    /// One field that differs.
    public struct Change: Sendable, Equatable {
        /// The field's name, such as `headers.Content-Type`.
        public let field: String
        /// The value that is there; nil for none; secrets redacted, and whatever may be one.
        public let before: String?
        /// The value that will be there; secrets redacted.
        public let after: String

        /// Describes a difference.
        public init(_ field: String, from before: String?, to after: String) {
            self.field = field
            self.before = before
            self.after = after
        }
    }

    /// An object at the service that delivers to this kind of instance as well, so that events
    /// arrive twice while both are enabled.
    public struct Duplicate: Sendable, Equatable {
        /// The id that the service knows it by.
        public let id: String
        /// Where it delivers to, without user and query; one line.
        public let address: String
        /// Whether it delivers now.
        public let isEnabled: Bool

        /// Names a duplicate.
        public init(id: String, address: String, isEnabled: Bool) {
            self.id = id
            self.address = address
            self.isEnabled = isEnabled
        }
    }

    /// Makes a plan.
    public init(
        action: Action, changes: [Change], duplicates: [Duplicate] = [], target: JSONValue
    ) {
        self.action = action
        self.changes = changes
        self.duplicates = duplicates
        self.target = target
    }

    /// The plan of a provider that has nothing to set up.
    public static let nothingToDo = ProvisionPlan(action: .unchanged, changes: [], target: nil)
}

/// What provisioning did.
public struct ProvisionReport: Sendable {
    /// What was written.
    public let action: ProvisionPlan.Action
    /// What was changed, field by field.
    public let changes: [ProvisionPlan.Change]
    /// What else does the same, as it is now.
    public let duplicates: [ProvisionPlan.Duplicate]
    /// Members that only this provider's answer has, such as the id of what was made; no secrets.
    public let details: [String: JSONValue]
    /// What was learnt on the way and is kept, sealed, under the kind `derived`.
    ///
    /// `projectId`, where there is one, is the project that ``ProvisionContext/project`` names when
    /// only looking for drift and nobody said which.
    public let derived: [String: Secret]
    /// The secret that the service gave out for its deliveries, where it chooses one; nil where
    /// none was learnt, and what is known goes on to count.
    public let webhookSecret: Secret?
    /// What reads back as having taken ``ProvisionContext/webhookSigning``, in the provider's own
    /// words, such as an id; nil where the service does not sign.
    public let signedObject: String?

    /// Makes a report.
    public init(
        action: ProvisionPlan.Action, changes: [ProvisionPlan.Change] = [],
        duplicates: [ProvisionPlan.Duplicate] = [], details: [String: JSONValue] = [:],
        derived: [String: Secret] = [:], webhookSecret: Secret? = nil,
        signedObject: String? = nil
    ) {
        self.signedObject = signedObject
        self.webhookSecret = webhookSecret
        self.action = action
        self.changes = changes
        self.duplicates = duplicates
        self.details = details
        self.derived = derived
    }
}

extension ProvisionPlan.Duplicate {
    private static let prefix = "duplicates."

    /// The name of the field by which the duplicate with that id is disabled.
    public static func field(_ id: String) -> String { "\(prefix)\(id).enabled" }

    /// Whether a field is one by which a duplicate is disabled.
    public static func isField(_ field: String) -> Bool { field.hasPrefix(prefix) }

    /// How a plan shows that it is disabled; nil for one that is disabled already.
    public var disabling: ProvisionPlan.Change? {
        isEnabled ? .init(Self.field(id), from: "true", to: "false") : nil
    }

    /// The same once it delivers no more.
    public var disabled: Self { .init(id: id, address: address, isEnabled: false) }
}

/// A value at the service that provisioning replaces, kept so that it can be put back.
///
/// Both values may be secrets: they are stored sealed, given to nobody but the same provider's
/// ``Provider/undo(_:rehearsing:_:)``, and never shown.
public struct PriorValue: Sendable, Equatable {
    /// What the field belongs to, in the provider's own words, such as the id of a destination.
    public let object: String
    /// The field's name, as a ``ProvisionPlan/Change`` has it.
    public let field: String
    /// The value that was there; null for none.
    public let before: JSONValue
    /// The value that provisioning gives it; null for none.
    public let after: JSONValue

    /// Describes what is about to be replaced.
    public init(object: String, field: String, before: JSONValue, after: JSONValue) {
        self.object = object
        self.field = field
        self.before = before
        self.after = after
    }
}

extension PriorValue: CustomStringConvertible, CustomReflectable {
    /// The names alone.
    public var description: String { "\(field) of \(object)" }
    /// A mirror without the values.
    public var customMirror: Mirror { Mirror(self, children: ["object": object, "field": field]) }
}

/// What undoing put back, or would.
public struct UndoReport: Sendable, Equatable {
    /// The values that went back, field by field; secrets redacted.
    public let changes: [ProvisionPlan.Change]
    /// The values that stayed as they are, and why.
    public let kept: [Kept]

    /// A field that was not touched.
    public struct Kept: Sendable, Equatable {
        /// The field's name, as a ``ProvisionPlan/Change`` has it.
        public let field: String
        /// Why it stays, as the end of a sentence, such as `was changed since`.
        public let reason: String

        /// Describes a field that stays.
        public init(_ field: String, because reason: String) {
            self.field = field
            self.reason = reason
        }
    }

    /// Makes a report, empty unless told otherwise.
    public init(changes: [ProvisionPlan.Change] = [], kept: [Kept] = []) {
        self.changes = changes
        self.kept = kept
    }
}

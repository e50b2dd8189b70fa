/// What a provider needs to know in order to take away at the service what it set up there.
public struct Removal: Sendable {
    /// What the latest run of provisioning replaced, as ``Provider/undo(_:rehearsing:_:)`` gets it.
    public let values: [PriorValue]
    /// What ``ProvisionReport/derived`` held, by name.
    public let derived: [String: Secret]
    /// Whether this is only a look: then nothing is written.
    public let isRehearsal: Bool

    /// Puts together what is known; tests make their own.
    public init(
        values: [PriorValue] = [], derived: [String: Secret] = [:], isRehearsal: Bool = false
    ) {
        self.values = values
        self.derived = derived
        self.isRehearsal = isRehearsal
    }
}

/// What was taken away at the service, or would be.
public struct RemovalReport: Sendable, Equatable {
    /// The objects that no longer deliver, in order.
    public let removed: [Removed]
    /// What the user should know, one sentence each, such as what could not be looked at.
    public let notes: [String]

    /// One object at the service.
    public struct Removed: Sendable, Equatable {
        /// What became of it.
        public enum Action: String, Sendable {
            /// It is gone: hogsend had made it.
            case deleted
            /// It is there and does nothing: somebody else had made it.
            case disabled
        }

        /// What it is, as a user finds it, such as `destination 0198c2f4`.
        public let object: String
        /// What became of it.
        public let action: Action

        /// Describes what became of an object.
        public init(_ object: String, _ action: Action) {
            self.object = object
            self.action = action
        }
    }

    /// Makes a report, empty unless told otherwise.
    public init(removed: [Removed] = [], notes: [String] = []) {
        self.removed = removed
        self.notes = notes
    }
}

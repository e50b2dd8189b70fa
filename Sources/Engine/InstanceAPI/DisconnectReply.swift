/// What became of leaving a provider, or what would, as the instance tells a client.
package struct DisconnectReply: Sendable, Equatable {
    /// One step, in the order in which they are taken.
    package struct Step: Sendable, Equatable {
        package enum Name: String, Sendable {
            /// What delivers at the service.
            case destination
            /// The tokens, at the service.
            case revocation
            /// The rows of the instance.
            case credential
        }

        package enum Outcome: String, Sendable {
            /// Would be done.
            case planned
            case done
            /// Nothing to do, or told not to.
            case skipped
            /// Not done; what is left to the user stands in the text.
            case failed
            /// Not done yet; the next run goes on here.
            case pending
        }

        package let name: Name
        package let outcome: Outcome
        /// One sentence, without a full stop.
        package let text: String
        package let removed: [RemovalReport.Removed]

        package init(
            _ name: Name, _ outcome: Outcome, _ text: String,
            removed: [RemovalReport.Removed] = []
        ) {
            self.name = name
            self.outcome = outcome
            self.text = text
            self.removed = removed
        }
    }

    package let isPlan: Bool
    /// None when there is nothing to leave.
    package let steps: [Step]
    package let notes: [String]

    package init(isPlan: Bool, steps: [Step], notes: [String] = []) {
        self.isPlan = isPlan
        self.steps = steps
        self.notes = notes
    }

    package var isNothing: Bool { steps.isEmpty }

    /// Whether the rows are gone.
    package var isDisconnected: Bool {
        !isPlan && steps.contains { $0.name == .credential && $0.outcome == .done }
    }

    package var json: JSONValue {
        [
            "plan": .bool(isPlan), "disconnected": .bool(isDisconnected),
            "nothing": .bool(isNothing), "steps": .array(steps.map(\.json)),
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    /// Nil for an answer that is not known to be one to such a request.
    package init?(_ json: JSONValue) {
        guard let isPlan = json["plan"]?.bool, let steps = json["steps"]?.array else { return nil }
        self.init(
            isPlan: isPlan, steps: steps.compactMap(Step.init),
            notes: (json["notes"]?.array ?? []).compactMap { $0.string?.sanitized() })
        guard self.steps.count == steps.count else { return nil }
    }
}

extension DisconnectReply.Step {
    package var json: JSONValue {
        [
            "step": .string(name.rawValue), "outcome": .string(outcome.rawValue),
            "text": .string(text),
            "removed": .array(
                removed.map {
                    ["object": .string($0.object), "action": .string($0.action.rawValue)]
                }),
        ]
    }

    package init?(_ json: JSONValue) {
        guard let name = json["step"]?.string.flatMap(Name.init(rawValue:)),
            let outcome = json["outcome"]?.string.flatMap(Outcome.init(rawValue:))
        else { return nil }
        self.init(
            name, outcome, json["text"]?.string?.sanitized(limit: 600) ?? "",
            removed: (json["removed"]?.array ?? []).compactMap { element in
                guard let object = element["object"]?.string,
                    let action = element["action"]?.string
                        .flatMap(RemovalReport.Removed.Action.init(rawValue:))
                else { return nil }
                return RemovalReport.Removed(object.sanitized(limit: 120), action)
            })
    }
}

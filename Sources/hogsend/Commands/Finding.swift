import Engine

/// One thing that was looked at.
package struct Finding: Sendable, Equatable {
    package enum Standing: String, Sendable {
        case good = "ok"
        /// What cannot be said, and need not be mended.
        case note
        case attention
    }

    /// A stable word.
    package let id: String
    package let standing: Standing
    package let text: String
    package let hint: String?

    init(_ id: String, good isGood: Bool = false, _ text: String, hint: String? = nil) {
        self.init(id, isGood ? .good : .attention, text, hint: hint)
    }

    init(_ id: String, _ standing: Standing, _ text: String, hint: String? = nil) {
        self.id = id
        self.standing = standing
        self.text = text
        self.hint = hint
    }

    var mark: String {
        switch standing {
        case .good: "ok  "
        case .note: "note"
        case .attention: "look"
        }
    }

    var json: JSONValue {
        [
            "id": .string(id), "status": .string(standing.rawValue), "message": .string(text),
            "hint": hint.map { .string($0) } ?? .null,
        ]
    }
}

/// Whether a test event went round, as the instance tells a client and `connect` tells a script.
package enum LoopReply: Sendable, Equatable {
    /// It came back after so long; the note is there when the service was not content.
    case proven(milliseconds: Int, note: String?)
    case lost(LoopLoss)
    /// Nothing was sent, for the reason that the word names.
    case skipped(Skip)

    package enum Skip: String, Sendable {
        case noVerifyFlag = "no_verify_flag"
        case notProvisioned = "not_provisioned"
        /// Neither side knows how, or an instance is older.
        case notSupported = "not_supported"
    }

    package var json: JSONValue {
        switch self {
        case .proven(let milliseconds, let note):
            [
                "attempted": true, "ok": true, "milliseconds": .integer(Int64(milliseconds)),
                "note": note.map { .string($0) } ?? .null,
            ]
        case .lost(let loss):
            [
                "attempted": true, "ok": false, "lost": .string(loss.place.rawValue),
                "error": .string(loss.error), "hint": loss.hint.map { .string($0) } ?? .null,
            ]
        case .skipped(let reason): ["attempted": false, "skipped": .string(reason.rawValue)]
        }
    }

    /// The same with each text put through `clean`, since a service may repeat what it was sent.
    package func cleaned(_ clean: (String) -> String) -> LoopReply {
        switch self {
        case .proven(let milliseconds, let note):
            .proven(milliseconds: milliseconds, note: note.map(clean))
        case .lost(let loss):
            .lost(LoopLoss(loss.place, clean(loss.error), hint: loss.hint.map(clean)))
        case .skipped: self
        }
    }

    /// Nil for an answer that is not known to be one.
    package init?(_ json: JSONValue) {
        switch (json["attempted"]?.bool, json["ok"]?.bool) {
        case (true?, true?):
            guard let milliseconds = json["milliseconds"]?.integer.map({ Int($0) }) else {
                return nil
            }
            self = .proven(
                milliseconds: milliseconds, note: json["note"]?.string?.sanitized(limit: 600))
        case (true?, false?):
            guard let place = json["lost"]?.string.flatMap(LoopLoss.Place.init(rawValue:)),
                let error = json["error"]?.string
            else { return nil }
            self = .lost(
                LoopLoss(
                    place, error.sanitized(limit: 600), hint: json["hint"]?.string?.sanitized()))
        case (false?, _):
            self = .skipped(
                json["skipped"]?.string.flatMap(Skip.init(rawValue:)) ?? .notSupported)
        default: return nil
        }
    }
}

/// Where a test event got lost.
package struct LoopLoss: ActionableError, Equatable {
    package enum Place: String, Sendable, CaseIterable {
        /// The instance did not get so far as to ask the service.
        case instance = "instance_failed"
        case service = "service_refused"
        case leftOut = "left_out"
        case address = "address_not_allowed"
        case unreachable
        case redirected
        case secret = "wrong_secret"
        /// Something at the address refused it, this process or another.
        case answer = "address_refused"
        case slow
        case elsewhere = "never_arrived"
        case failed = "delivery_failed"
    }

    package let place: Place
    package let error: String
    package let hint: String?

    package init(_ place: Place, _ error: String, hint: String?) {
        self.place = place
        self.error = error
        self.hint = hint
    }

    package var code: String { place.rawValue }
    package var description: String { error }
}

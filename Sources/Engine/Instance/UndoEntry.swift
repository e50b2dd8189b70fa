/// One change: what it replaced, where, and whether it came to its end.
struct UndoEntry: Sendable, Equatable {
    /// The address of the service's API, without a slash at the end.
    let host: String
    let at: String
    var isComplete: Bool
    var values: [PriorValue]

    /// The values of a change in parts: of each field the first value before and the last after.
    ///
    /// A field that is found with another value than the one it was given was changed by somebody
    /// in between, or never written: then what is found is what goes back.
    func adding(_ more: [PriorValue]) -> UndoEntry {
        var entry = self
        for value in more {
            let place = entry.values.firstIndex {
                $0.object == value.object && $0.field == value.field
            }
            guard let place else {
                entry.values.append(value)
                continue
            }
            let old = entry.values[place]
            entry.values[place] = PriorValue(
                object: value.object, field: value.field,
                before: old.after == value.before ? old.before : value.before, after: value.after)
        }
        return entry
    }
}

extension UndoEntry {
    /// The same with the current webhook secret for every earlier one.
    func renewed(by keys: WebhookKeys) -> UndoEntry {
        var entry = self
        entry.values = values.map(keys.renewing)
        return entry
    }

    init?(_ member: JSONValue?) {
        guard let text = member?.string, let json = JSONValue(decoding: Data(text.utf8)),
            let host = json["host"]?.string, let values = json["values"]?.array
        else { return nil }
        self.init(
            host: host, at: json["at"]?.string ?? "", isComplete: json["complete"] == true,
            values: values.compactMap(PriorValue.init))
    }

    var json: JSONValue {
        [
            "host": .string(host), "at": .string(at), "complete": .bool(isComplete),
            "values": .array(values.map(\.json)),
        ]
    }
}

extension PriorValue {
    fileprivate init?(_ json: JSONValue) {
        guard let object = json["object"]?.string, let field = json["field"]?.string else {
            return nil
        }
        self.init(
            object: object, field: field, before: json["before"] ?? .null,
            after: json["after"] ?? .null)
    }

    fileprivate var json: JSONValue {
        [
            "object": .string(object), "field": .string(field), "before": before, "after": after,
        ]
    }
}

import Engine

extension JSONValue {
    /// This document with `patch` applied: RFC 7396, null removes.
    func merging(_ patch: JSONValue) -> JSONValue {
        guard let changes = patch.object else { return patch }
        var members = object ?? [:]
        for (name, change) in changes {
            if change == .null {
                members.removeValue(forKey: name)
            } else {
                members[name] = (members[name] ?? .null).merging(change)
            }
        }
        return .object(members)
    }

    /// The JSON that `value` encodes to.
    init(encoding value: some Encodable) throws {
        let text = try JSONCoding.encoder.encode(value)
        self = JSONValue(decoding: text) ?? .null
    }
}

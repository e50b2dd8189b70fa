import Engine

/// A destination as PostHog describes it: a hog function of the type `destination`
/// (<https://posthog.com/docs/cdp/destinations>).
struct Destination: Sendable {
    let json: JSONValue
    let id: String

    /// Nil for another type of function and for an id that fits in no path.
    init?(_ json: JSONValue) {
        guard json["type"] == nil || json["type"] == "destination",
            let id = json["id"]?.string, !id.isEmpty,
            id.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isPathSafe })
        else { return nil }
        self.json = json
        self.id = id
    }

    var url: String? { json["inputs"]?["url"]?["value"]?.string }
    var isEnabled: Bool { json["enabled"] == true }
    var updatedAt: String? { json["updated_at"]?.string }

    /// Rows of older servers have no inputs.
    var hasInputs: Bool { json["inputs"]?.object != nil }
    /// Whether everything stands here that is compared.
    var isComplete: Bool { hasInputs && json["inputs_schema"] != nil }

    /// Whether it posts to this kind of receiver, on whichever host.
    ///
    /// So one set up by hand, or for an instance that has moved, is adopted. A query and slashes
    /// at the end do not matter.
    func delivers(to path: String) -> Bool {
        url.map { WebhookAddress($0).path.hasSuffix(path) } ?? false
    }

    /// Of several the one with that very address, else one that is enabled, else the oldest.
    static func preferred(among found: [Destination], url: String) -> Destination? {
        found.min { left, right in
            let (one, other) = (left.rank(url), right.rank(url))
            return one == other ? left.age < right.age : one < other
        }
    }

    /// As a plan shows one that is not ours.
    var asDuplicate: ProvisionPlan.Duplicate {
        .init(id: id, address: WebhookAddress(url ?? "").shown, isEnabled: isEnabled)
    }

    private func rank(_ wanted: String) -> Int {
        (url == wanted ? 0 : 2) + (isEnabled ? 0 : 1)
    }

    var age: String { (json["created_at"]?.string ?? "~") + id }
}

extension Character {
    fileprivate var isPathSafe: Bool {
        isASCII && (isLetter || isNumber || self == "-" || self == "_")
    }
}

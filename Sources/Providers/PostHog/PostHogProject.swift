import Engine

/// A project of PostHog's; its answer also holds secrets, which are not read.
struct PostHogProject: Sendable {
    let id: Int64
    let name: String
    /// The public key that apps send events with (`phc_…`).
    let apiToken: Secret?

    init?(_ answer: JSONValue) {
        guard let id = answer["id"]?.integer, id > 0 else { return nil }
        self.id = id
        let name = answer["name"]?.string?.sanitized(limit: 100) ?? ""
        self.name = name.isEmpty ? "project \(id)" : name
        apiToken = answer["api_token"]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
    }

    var candidate: ProvisionError.ProjectCandidate { .init(id: String(id), name: name) }

    /// The number that a project's id is; nil for any other text, `@current` among them.
    static func number(_ text: String) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}

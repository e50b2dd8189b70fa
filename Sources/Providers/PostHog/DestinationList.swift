import Engine

/// The destinations of one project
/// (<https://posthog.com/docs/api/hog-functions>).
struct DestinationList {
    /// What a receiver's path ends in, whatever the instance's host and base path.
    static let receiver = "/v1/webhooks/posthog"
    /// Each failed try means that someone else wrote.
    private static let mostTries = 3

    let api: PostHogAPI
    let project: Int64

    /// The name under which a destination's prior values are kept.
    func object(_ id: String) -> String { "\(project)/\(id)" }

    private var path: String { "/api/projects/\(project)/hog_functions/" }

    /// Every destination that posts to this kind of receiver, ours first and whole.
    func receivers(_ url: String) async throws(ProvisionError) -> [Destination] {
        var found: [Destination] = []
        for row in try await all() {
            let destination = row.hasInputs ? row : try await readIfThere(row.id)
            if let destination, destination.delivers(to: Self.receiver) {
                found.append(destination)
            }
        }
        guard let ours = Destination.preferred(among: found, url: url) else { return [] }
        let others = found.filter { $0.id != ours.id }.sorted { $0.age < $1.age }
        return [ours.isComplete ? ours : try await read(ours.id)] + others
    }

    /// An edit while pages are read moves rows: one is seen twice and another may be missed, so
    /// the list is then read once more.
    private func all() async throws(ProvisionError) -> [Destination] {
        let rows = try await list()
        guard Set(rows.map(\.id)).count < rows.count else { return rows }
        var seen: Set<String> = []
        return (rows + (try await list())).filter { seen.insert($0.id).inserted }
    }

    /// Without a type newer servers list functions of every kind, and only `full` brings inputs.
    private func list() async throws(ProvisionError) -> [Destination] {
        let missing = api.unsupported("it has no destinations of the kind that can be set up")
        let rows = try await api.rows(
            path, query: "type=destination&full=true&", step: "listing the destinations",
            missing: missing)
        return rows.compactMap { Destination($0) }
    }

    /// Nil for one that was deleted since it was listed.
    func readIfThere(_ id: String) async throws(ProvisionError) -> Destination? {
        do throws(ProvisionError) {
            return try await read(id)
        } catch .unexpectedAnswer(_, status: 404, _) {
            return nil
        }
    }

    func read(_ id: String) async throws(ProvisionError) -> Destination {
        let step = "reading the destination"
        return try destination(try await api.get("\(path)\(id)/", step: step), step)
    }

    func create(_ body: JSONValue) async throws(ProvisionError) -> Destination {
        let step = "creating the destination"
        return try destination(try await api.send("POST", path, body, step: step), step)
    }

    /// Writes what `body` makes of the destination as it is now; nil writes nothing.
    ///
    /// With the moment of the last edit in it a write is refused when somebody else was faster:
    /// then what is there now is read, and written over by the same rule.
    func change(
        _ id: String, _ body: (Destination) async throws(ProvisionError) -> JSONValue?
    ) async throws(ProvisionError) -> Destination {
        var tries = 0
        while true {
            let current = try await read(id)
            guard let patch = try await body(current) else { return current }
            tries += 1
            do throws(ProvisionError) {
                return try await send(patch, over: current)
            } catch .unexpectedAnswer(_, status: 409, _) where tries < Self.mostTries {
                continue
            }
        }
    }

    private func send(
        _ patch: JSONValue, over current: Destination
    ) async throws(ProvisionError) -> Destination {
        var members = patch.object ?? [:]
        members["base_updated_at"] = current.updatedAt.map { .string($0) }
        let step = "changing the destination"
        let answer = try await api.send(
            "PATCH", "\(path)\(current.id)/", .object(members), step: step)
        let written = try destination(answer, step)
        return written.isComplete ? written : try await read(current.id)
    }

    private func destination(
        _ answer: JSONValue, _ step: String
    ) throws(ProvisionError) -> Destination {
        guard let destination = Destination(answer) else {
            throw .answerIsNot("a destination", step: step)
        }
        return destination
    }
}

package import Engine

extension Installation {
    /// `POST /batch/`: takes events with a project's public key; one uuid counts once.
    mutating func takeBatch(_ request: ServerRequest) -> HTTPResponse {
        do throws(APIProblem) {
            guard let body = JSONValue(decoding: request.body) else { throw .malformed }
            let known = switches.projects.map { "phc_project\($0.id)" }
            guard let key = body["api_key"]?.string, known.contains(key) else {
                throw APIProblem(
                    status: 401, type: "authentication_error", code: "invalid_api_key",
                    detail: "Project API key invalid.")
            }
            let events = body["batch"]?.array ?? []
            guard !events.isEmpty, events.allSatisfy(Self.isEvent) else {
                throw .invalid("batch", "Every event needs a name and a distinct_id.")
            }
            for event in events { keep(event, key) }
            return .json(200, ["status": "Ok"])
        } catch {
            return error.response
        }
    }

    private static func isEvent(_ event: JSONValue) -> Bool {
        [event["event"], event["distinct_id"]].allSatisfy { $0?.string?.isEmpty == false }
    }

    private mutating func keep(_ event: JSONValue, _ key: String) {
        let uuid = event["uuid"]?.string ?? UUID().uuidString.lowercased()
        guard !captured.contains(where: { $0["uuid"]?.string == uuid }) else { return }
        captured.append(event.merging(["uuid": .string(uuid), "api_key": .string(key)]))
        change(event["distinct_id"]?.string ?? "", event["properties"] ?? [:])
    }

    /// What `$set`, `$set_once` and `$unset` of an event do to its person.
    private mutating func change(_ id: String, _ properties: JSONValue) {
        let known = persons[id]?["properties"]?.object ?? [:]
        let once = properties["$set_once"]?.object ?? [:]
        let new = once.filter { known[$0.key] == nil }
            .merging(properties["$set"]?.object ?? [:]) { $1 }
        guard var person = keepPerson(id, new).object else { return }
        let gone = Set((properties["$unset"]?.array ?? []).compactMap(\.string))
        person["properties"] = .object(
            (person["properties"]?.object ?? [:]).filter { !gone.contains($0.key) })
        persons[id] = .object(person)
    }
}

extension PostHogSimulator {
    /// The events that were captured, each once, with the key that they came with.
    package var captured: [JSONValue] { withInstallation { $0.captured } }

    /// The person of that distinct id, as a read shows him.
    package func person(_ distinctID: String) -> JSONValue? {
        withInstallation { $0.persons[distinctID] }
    }

    /// Makes a person, or sets some of his properties.
    package func keepPerson(_ distinctID: String, _ properties: [String: JSONValue]) {
        withInstallation { _ = $0.keepPerson(distinctID, properties) }
    }
}

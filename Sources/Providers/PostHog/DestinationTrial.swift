import Engine

/// Has PostHog run the destination once, with an event that exists nowhere else
/// (`POST …/hog_functions/<id>/invocations/`, <https://posthog.com/docs/api/hog-functions>).
///
/// What is run is the destination as it is stored, but for two things: responses are logged, since
/// otherwise an old server does not tell a redirect from a success, and the user's own filters are
/// left out, since they may be for events that no test can look like.
struct DestinationTrial {
    private let context: ProvisionContext
    private let api: PostHogAPI

    init(_ context: ProvisionContext) {
        self.context = context
        api = PostHogAPI(context)
    }

    /// What cannot be run is told in the place of an answer.
    func sending() async throws(ProvisionError) -> TestSending {
        let project = try await ProjectChoice(context, api).project()
        let list = DestinationList(api: api, project: project.id)
        let url = context.webhookURL.absoluteString
        guard let destination = try await list.receivers(url).first, destination.url == url else {
            return { _ in .failed("no destination posts to this instance") }
        }
        if let obstacle = destination.obstacle { return { _ in .failed(obstacle) } }
        return { event throws(ProvisionError) in
            let answer = try await list.invoke(destination.id, body(destination, event))
            return InvocationAnswer(answer, clean: api.cleaned).delivery
        }
    }

    private func body(_ destination: Destination, _ event: TestEvent) -> JSONValue {
        [
            "configuration": configuration(destination.json), "globals": globals(event),
            "mock_async_functions": false,
        ]
    }

    private func configuration(_ json: JSONValue) -> JSONValue {
        var inputs = DestinationInputs(json["inputs"])
        inputs.entries["debug"] = ["value": true]
        var members: [String: JSONValue] = [
            "type": "destination", "enabled": true,
            "filters": DestinationFilters(nil).mended, "inputs": .object(inputs.entries),
        ]
        for name in ["name", "hog", "inputs_schema"] { members[name] = json[name] }
        return .object(members)
    }

    /// As PostHog's code sees an event of an identified person.
    private func globals(_ event: TestEvent) -> JSONValue {
        let host = context.host.withoutTrailingSlash
        let (user, at) = ("hogsend-test", event.at.iso8601)
        return [
            "event": [
                "uuid": .string(event.id), "event": "hogsend test", "distinct_id": .string(user),
                "properties": ["$is_identified": true, "hogsend_test": true],
                "elements_chain": "", "timestamp": .string(at), "captured_at": .string(at),
                "url": .string(host),
            ],
            "person": [
                "id": .string(event.id), "name": .string(user), "properties": [:],
                "url": .string(host),
            ],
            "groups": [:],
        ]
    }
}

extension Destination {
    /// Why real events do not go out, though a test would.
    fileprivate var obstacle: String? {
        if !isEnabled { return "the destination is not enabled" }
        // https://posthog.com/docs/cdp/destinations: 3 and 12 are switched off.
        guard [3, 12].contains(json["status"]?["state"]?.integer) else { return nil }
        return "PostHog has switched the destination off because it was too slow"
    }
}

extension DestinationList {
    /// What PostHog says of one run; it answers when the run is over.
    fileprivate func invoke(
        _ id: String, _ body: JSONValue
    ) async throws(ProvisionError) -> JSONValue {
        try await api.send(
            "POST", "/api/projects/\(project)/hog_functions/\(id)/invocations/", body,
            step: "having the destination run once")
    }
}

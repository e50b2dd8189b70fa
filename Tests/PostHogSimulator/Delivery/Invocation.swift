import Engine

extension Routes {
    /// `POST …/hog_functions/{id}/invocations/`: runs a function once, with an event that is given.
    mutating func addInvocations() {
        let state = state
        let path = "/api/projects/{project}/hog_functions/{function}/invocations/"
        handle("POST", path) { request in
            do throws(APIProblem) {
                let invocation = try state.withLock { state throws(APIProblem) in
                    try state.invocation(request)
                }
                if let status = state.withLock({ $0.switches.invocationRefusal }) {
                    return .json(status, ["status": "error"])
                }
                return .json(200, await invocation.run(Courier(state)))
            } catch {
                return error.response
            }
        }
    }
}

extension Installation {
    fileprivate func invocation(_ request: ServerRequest) throws(APIProblem) -> Invocation {
        let caller = try caller(of: request)
        let project = try project(request, for: caller)
        try caller.require("hog_function:write")
        let stored = functions[try functionPlace(request, project.id)]
        guard !stored.isDeleted else { throw .notFound() }
        let sent = try Self.members(of: request)
        guard let configuration = sent["configuration"]?.object else {
            throw .invalid("configuration", "This field is required.", code: "required")
        }
        guard let globals = sent["globals"], globals["event"]?.object != nil else {
            return Invocation(function: nil, globals: .null, isMocked: true, switches: switches)
        }
        var function = stored
        try Self.check(configuration, agent: isAgent(request))
        try function.change(Self.writable(configuration), inputs: configuration["inputs"])
        return Invocation(
            function: function, globals: globals,
            isMocked: sent["mock_async_functions"]?.bool ?? true, switches: switches)
    }
}

/// One run on demand, and what PostHog says of it: failures that could be tried again are tried once
/// and called a success.
private struct Invocation: Sendable {
    /// Nil for a request without an event.
    let function: HogFunction?
    let globals: JSONValue
    let isMocked: Bool
    let switches: Switches

    func run(_ courier: Courier) async -> JSONValue {
        guard let function else { return ["status": "error"] }
        guard EventFilter(function.members["filters"] ?? .null).matches(globals) else {
            return answer("skipped", ["Mapping trigger not matching filters was ignored."])
        }
        let request = DeliveryRequest(function, globals)
        let isLogged = function.inputs["debug"]?["value"]?.bool == true
        let before = isLogged ? ["Request, \(request.url), \(shown(request))"] : []
        if isMocked {
            return answer("success", before + ["Async function 'fetch' was mocked with arguments:"])
        }
        let report = await courier.deliver(request, attempts: 1)
        return answer(report, before, isLogged: isLogged)
    }

    /// Headers too, as PostHog prints them.
    private func shown(_ request: DeliveryRequest) -> String {
        let headers = request.headers.fields.map { ($0.name, JSONValue.string($0.value)) }
        let payload: JSONValue = ["headers": .object(Dictionary(headers) { $1 })]
        return String(decoding: payload.encoded(), as: UTF8.self)
    }

    private func answer(
        _ report: DeliveryReport, _ before: [String], isLogged: Bool
    ) -> JSONValue {
        guard let status = report.status, status < 400 else { return failure(report, before) }
        if status >= 300, switches.redirectsFail {
            return answer("error", before + [thrown(status, report.answer ?? "")])
        }
        let response = isLogged ? ["Response, \(status), \(report.answer ?? "")"] : []
        return answer("success", before + response + ["Function completed in 1ms."])
    }

    private func failure(_ report: DeliveryReport, _ before: [String]) -> JSONValue {
        let error = report.error.map { " Error: \(Self.worded($0))." } ?? ""
        let status = report.status.map { "\($0)" } ?? "(none)"
        let message = "HTTP fetch failed on attempt 1 with status code \(status).\(error)"
        let isFinal = report.outcome == .refused || !Courier.isRetried(status: report.status)
        guard isFinal else { return answer("success", before + [message + " Retrying."]) }
        let text = report.answer ?? report.error ?? ""
        return answer("error", before + [message, thrown(report.status ?? 500, text)])
    }

    /// In the words of PostHog's client.
    private static func worded(_ error: String) -> String {
        let isTimeout = error.contains("took the request") && error.lowercased().contains("time")
        return isTimeout ? "The operation was aborted due to timeout" : error
    }

    private func thrown(_ status: Int, _ text: String) -> String {
        let event = globals["event"]?["uuid"]?.string ?? "Unknown event"
        return "Error executing function on event \(event): "
            + "Error(Webhook failed with status \(status): \(text))"
    }

    private func answer(_ status: String, _ messages: [String]) -> JSONValue {
        let logs: [JSONValue] = messages.map {
            [
                "level": "info", "message": .string($0),
                "timestamp": .string(Date().iso8601),
            ]
        }
        return [
            "status": .string(status), "logs": .array(logs), "result": nil,
            "errors": status == "error" ? .array(messages.suffix(1).map { .string($0) }) : [],
        ]
    }
}

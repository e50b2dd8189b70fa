import Engine

extension Installation {
    /// `POST …/hog_functions/`, with what the template brings where the client says nothing.
    mutating func createFunction(
        _ request: ServerRequest, _ project: Int64
    ) throws(APIProblem) -> HTTPResponse {
        let sent = try Self.members(of: request)
        var members = HogFunction.blank.merging(try template(sent)) { $1 }
        try Self.check(sent, agent: isAgent(request))
        if let type = sent["type"] { members["type"] = type }
        members.merge(Self.writable(sent)) { $1 }
        guard members["hog"]?.string?.isEmpty == false else {
            throw .invalid("hog", "This field is required.", code: "required")
        }
        let validation = InputValidation(schema: members["inputs_schema"]?.array ?? [])
        members["inputs"] = try validation.validated(sent["inputs"]?.object ?? [:])
        members["created_at"] = .string(nextTimestamp())
        members["updated_at"] = members["created_at"]
        let function = HogFunction(
            project: project, id: UUID().uuidString.lowercased(), members: members)
        functions.append(function)
        writes += 1
        return .json(201, function.detail)
    }

    /// What comes from the template where the client says nothing.
    private func template(
        _ sent: [String: JSONValue]
    ) throws(APIProblem) -> [String: JSONValue] {
        guard let id = sent["template_id"]?.string else { return [:] }
        guard id == WebhookTemplate.id else {
            throw .invalid("template_id", "No template found for id '\(id)'")
        }
        return [
            "template": WebhookTemplate.object, "hog": .string(WebhookTemplate.hog),
            "inputs_schema": switches.signsWebhooks
                ? WebhookTemplate.newestInputsSchema : WebhookTemplate.inputsSchema,
            "icon_url": .string(WebhookTemplate.icon),
            "name": .string(WebhookTemplate.name),
            "description": .string(WebhookTemplate.description),
        ]
    }

    /// `PATCH …/hog_functions/{id}/`, which replaces each member it is sent.
    mutating func patchFunction(
        _ request: ServerRequest, _ project: Int64
    ) throws(APIProblem) -> HTTPResponse {
        let place = try functionPlace(request, project)
        let sent = try Self.members(of: request)
        var function = functions[place]
        guard !function.isDeleted || sent["deleted"] == false else { throw .notFound() }
        if !switches.olderServer, let base = sent["base_updated_at"]?.string,
            !Self.isSameTime(base, function.updatedAt)
        {
            throw .staleUpdate
        }
        if let type = sent["type"]?.string, type != function.type {
            throw .invalid("type", "Cannot modify the type of an existing function")
        }
        try Self.check(sent, agent: isAgent(request))
        try function.change(Self.writable(sent), inputs: sent["inputs"])
        function.isDeleted = sent["deleted"]?.bool ?? false
        function.members["updated_at"] = .string(nextTimestamp())
        functions[place] = function
        writes += 1
        return .json(200, function.detail)
    }

    /// A client may write the same moment in another precision.
    private static func isSameTime(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard let left = Date(iso8601: left), let right = Date(iso8601: right) else { return false }
        return left == right
    }
}

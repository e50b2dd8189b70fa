import Engine

/// What a plan carries from reading to writing.
struct ProvisionTarget {
    let project: Int64
    let destination: String?

    init(project: Int64, destination: String?) {
        self.project = project
        self.destination = destination
    }

    init?(_ json: JSONValue) {
        guard let project = json["projectId"]?.integer else { return nil }
        self.init(project: project, destination: json["hogFunctionId"]?.string)
    }

    var json: JSONValue {
        [
            "projectId": .integer(project),
            "hogFunctionId": destination.map { .string($0) } ?? .null,
        ]
    }
}

/// What a client asks of an instance's provision route.
package struct ProvisionRequest: Sendable, Equatable {
    package var project: String?
    /// Only look: nothing is written on either side.
    package var isPlan = false
    /// Disable what else delivers to the same path.
    package var mergesDuplicates = false
    /// Put back what the latest change replaced.
    package var undoes = false
    /// Replace the webhook secret by a new one.
    package var rotatesSecret = false
    /// How long the earlier one counts from then on; nil for the instance's default.
    package var grace: Duration?

    package init(project: String? = nil) {
        self.project = project
    }

    /// Whether an instance of the earlier implementation would take it for something else.
    ///
    /// That one reads neither the query nor these members, and would provision.
    package var isBeyondOldRoutes: Bool { isPlan || mergesDuplicates || undoes || rotatesSecret }

    package var query: String { isPlan ? "?plan=true" : "" }

    package var body: JSONValue {
        var members: [String: JSONValue] = [:]
        members["projectId"] = project.map { .string($0) }
        if mergesDuplicates { members["merge"] = true }
        if undoes { members["undo"] = true }
        if rotatesSecret { members["rotateSecret"] = true }
        members["graceSeconds"] = grace.map { .integer($0.components.seconds) }
        return .object(members)
    }
}

import Engine

extension Routes {
    /// Answers a call on a project, after the token was found good for it.
    typealias ProjectAnswer =
        @Sendable (inout Installation, ServerRequest, Switches.Project) throws(APIProblem) ->
        HTTPResponse

    mutating func addAPI() {
        on("GET", "/api/projects/") { $0.projectList($1) }
        on("POST", "/batch/") { $0.takeBatch($1) }
        call("GET", "", "project:read") { state, _, project in .json(200, state.body(of: project)) }
        call("GET", "persons/", "person:read") { state, request, _ in state.personList(request) }
        let functions = "hog_functions/"
        call("GET", functions, "hog_function:read") { state, request, project in
            state.functionList(request, project.id)
        }
        call("POST", functions, "hog_function:write") {
            state, request, project throws(APIProblem) in
            try state.createFunction(request, project.id)
        }
        addFunction(functions + "{function}/")
    }

    private mutating func addFunction(_ path: String) {
        call("GET", path, "hog_function:read") { state, request, project throws(APIProblem) in
            try state.functionDetail(request, project.id)
        }
        call("PATCH", path, "hog_function:write") { state, request, project throws(APIProblem) in
            try state.patchFunction(request, project.id)
        }
        call("DELETE", path, "hog_function:write") { _, _, _ throws(APIProblem) in
            throw .forbidden("This action does not support Personal API Key access")
        }
    }

    private mutating func call(
        _ method: String, _ path: String, _ scope: String, _ answer: @escaping ProjectAnswer
    ) {
        on(method, "/api/projects/{project}/" + path) { state, request in
            do throws(APIProblem) {
                let caller = try state.caller(of: request)
                let project = try state.project(request, for: caller)
                try caller.require(scope)
                return try answer(&state, request, project)
            } catch {
                return error.response
            }
        }
    }
}

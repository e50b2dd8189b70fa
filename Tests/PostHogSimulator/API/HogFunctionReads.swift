import Engine

extension Installation {
    /// `GET …/hog_functions/`: rows without inputs, unless the server knows `full=true`.
    func functionList(_ request: ServerRequest, _ project: Int64) -> HTTPResponse {
        let isFull = request.parameter("full") == "true" && !switches.olderServer
        let found = functions.filter {
            $0.project == project && !$0.isDeleted && matches($0, request)
        }
        let rows = found.sorted(by: Self.isBefore).map { isFull ? $0.detail : $0.row }
        return .json(200, Page(request, rows).body(origin: origin))
    }

    private func matches(_ function: HogFunction, _ request: ServerRequest) -> Bool {
        let types = request.parameter("type") ?? (switches.olderServer ? "destination" : nil)
        if let types, !types.split(separator: ",").contains(Substring(function.type)) {
            return false
        }
        if let enabled = request.parameter("enabled"), enabled != String(function.isEnabled) {
            return false
        }
        guard let search = request.parameter("search") else { return true }
        return function.name.lowercased().contains(search.lowercased())
    }

    /// By execution order, then the one changed last first.
    private static func isBefore(_ left: HogFunction, _ right: HogFunction) -> Bool {
        let order = { (function: HogFunction) in
            function.members["execution_order"]?.integer ?? .max
        }
        return (order(left), right.updatedAt) < (order(right), left.updatedAt)
    }

    func functionDetail(
        _ request: ServerRequest, _ project: Int64
    ) throws(APIProblem) -> HTTPResponse {
        let place = try functionPlace(request, project)
        guard !functions[place].isDeleted else { throw .notFound() }
        return .json(200, functions[place].detail)
    }

    /// Where the function of the path is, deleted or not.
    func functionPlace(_ request: ServerRequest, _ project: Int64) throws(APIProblem) -> Int {
        let id = request.parameters["function"]
        let place = functions.firstIndex { $0.id == id && $0.project == project }
        guard let place else { throw .notFound() }
        return place
    }
}

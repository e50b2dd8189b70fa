import CPostgres

/// What is still to come of a pipeline, and what has come.
struct PostgresPipeline {
    enum Step {
        case prepare(sql: String, name: String)
        case execute
    }

    private var steps: ArraySlice<Step>
    private var hasEnded = false
    private(set) var rows: [[SQLRow]] = []
    private(set) var prepared: [String: String] = [:]
    /// The first one counts; what follows it was not executed.
    private(set) var failure: PostgresFailure?

    init(_ steps: [Step]) {
        self.steps = steps[...]
    }

    var isOver: Bool {
        if case .lost = failure { true } else { hasEnded }
    }

    /// Takes one result of libpq's; nil ends those of one step.
    mutating func take(_ result: OpaquePointer?) {
        guard let result else {
            steps = steps.dropFirst()
            return
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC: hasEnded = true
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: finishStep(result)
        case PGRES_PIPELINE_ABORTED: break
        case PGRES_EMPTY_QUERY: fail(.refused(.failed(reason: "an empty statement"), state: ""))
        default: fail(PostgresFailure(result))
        }
    }

    private mutating func finishStep(_ result: OpaquePointer) {
        switch steps.first {
        case .prepare(let sql, let name): prepared[sql] = name
        default: rows.append(PostgresResult(result).rows)
        }
    }

    private mutating func fail(_ failure: PostgresFailure) {
        self.failure = self.failure ?? failure
    }
}

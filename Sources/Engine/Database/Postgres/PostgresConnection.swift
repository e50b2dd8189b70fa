#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection that is set up, with its prepared statements; on one thread at a time.
///
/// It speaks in pipelines: all statements go out together, in one transaction unless they begin
/// their own, and one round trip brings back all results.
final class PostgresConnection {
    private static let statementMilliseconds = 15_000
    /// The server's own time limit comes first; this one is for a server that is stuck.
    private static let grace = Duration.seconds(5)

    private let wire: PostgresWire
    private var prepared: [String: String] = [:]
    private var preparedCount = 0
    private var limit: Duration? = .milliseconds(statementMilliseconds)

    init(_ address: PostgresAddress) throws(DatabaseError) {
        wire = try PostgresWire(address)
        do throws(PostgresFailure) {
            try setUp(address)
        } catch {
            throw error.error
        }
    }

    var isUsable: Bool { wire.isUsable }

    func waitForNotification(or other: Int32) -> Bool { wire.waitForNotification(or: other) }

    /// Dates are written in one way; the time limit is the user's where the address sets one up.
    private func setUp(_ address: PostgresAddress) throws(PostgresFailure) {
        var settings = [
            ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("standard_conforming_strings", "on"),
        ]
        if !address.hasOptions {
            settings.append(("statement_timeout", "\(Self.statementMilliseconds)"))
        }
        let calls = settings.map { "set_config('\($0.0)', '\($0.1)', false)" }
        let question = """
            SELECT (extract(epoch FROM current_setting('statement_timeout')::interval) * 1000)::bigint
                AS milliseconds
            """
        let rows = try run([
            SQLStatement("SELECT " + calls.joined(separator: ", ")), SQLStatement(question),
        ])
        let milliseconds = rows.last?.first?.integer("milliseconds") ?? 0
        limit = milliseconds > 0 ? .milliseconds(milliseconds) : nil
    }

    /// Runs all statements or none, each within `limit`, which is the session's own unless given.
    func run(
        _ statements: [SQLStatement], within limit: Duration? = nil
    ) throws(PostgresFailure) -> [[SQLRow]] {
        guard !statements.contains(where: \.holdsZeroByte) else {
            throw .refused(.failed(reason: "PostgreSQL keeps no text with a zero byte"), state: "")
        }
        let limit = (limit ?? self.limit).map { $0 + Self.grace }
        do throws(PostgresFailure) {
            return try attempt(statements, limit)
        } catch {
            guard error == .outdated else { throw error }
            prepared = [:]
            return try attempt(statements, limit)
        }
    }

    private func attempt(
        _ statements: [SQLStatement], _ limit: Duration?
    ) throws(PostgresFailure) -> [[SQLRow]] {
        var pipeline = PostgresPipeline(try send(statements))
        while !pipeline.isOver { pipeline.take(try wire.next(within: limit)) }
        prepared.merge(pipeline.prepared) { $1 }
        if let failure = pipeline.failure { throw failure }
        return pipeline.rows
    }

    private func send(
        _ statements: [SQLStatement]
    ) throws(PostgresFailure) -> [PostgresPipeline.Step] {
        var steps: [PostgresPipeline.Step] = []
        steps.reserveCapacity(statements.count + 1)
        var names = prepared
        // Many of one kind follow one another: the last is known without hashing its text.
        var (last, name): (String?, String) = (nil, "")
        for statement in statements {
            let sql = statement.sql
            if sql != last {
                name = names[sql] ?? nextName()
                if names.updateValue(name, forKey: sql) == nil {
                    steps.append(.prepare(sql: sql, name: name))
                    try wire.prepare(sql, as: name)
                }
                last = sql
            }
            steps.append(.execute)
            try wire.execute(name, statement.parameters)
        }
        try wire.endPipeline()
        return steps
    }

    private func nextName() -> String {
        preparedCount += 1
        return "hogsend_\(preparedCount)"
    }
}

extension SQLStatement {
    fileprivate var holdsZeroByte: Bool {
        sql.holdsZeroByte
            || parameters.contains { value in
                switch value {
                case .text(let text): text.holdsZeroByte
                case .texts(let texts): texts.contains(where: \.holdsZeroByte)
                case .null, .integer: false
                }
            }
    }
}

extension String {
    fileprivate var holdsZeroByte: Bool {
        var text = self
        return text.withUTF8 { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        }
    }
}

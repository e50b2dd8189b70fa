import Engine
import TestDatabases
import Testing

@Suite("PostgreSQL database")
struct PostgresDatabaseTests {
    /// Lets `body` act on a database of its own, and says its address.
    static func open(
        _ parameters: String = "",
        _ body: (PostgresDatabase, String) async throws -> Void
    ) async throws {
        try await PostgresCluster.shared.value.withDatabase { address in
            let database = PostgresDatabase(try PostgresAddress(address + parameters))
            try await body(database, address)
            await database.close()
        }
    }

    @Test func `it keeps the database contract`() async throws {
        try await PostgresCluster.shared.value.withDatabase { address in
            try await DatabaseContract.check { PostgresDatabase(try PostgresAddress(address)) }
        }
    }

    // MARK: Values

    @Test(arguments: [
        ("7::smallint", 7), ("7", 7), ("7::bigint", 7), ("true", 1), ("false", 0),
        ("count(*)", 1), ("-9223372036854775808", Int64.min),
    ])
    func `whole numbers and truth are integers`(expression: String, value: Int64) async throws {
        try await Self.open { database, _ in
            let rows = try await database.query("SELECT \(expression) AS value")
            #expect(rows.first?.integer("value") == value)
        }
    }

    @Test(arguments: [
        ("'2026-01-02 03:04:05.678'::timestamptz", "2026-01-02T03:04:05.678Z"),
        ("'2026-01-02 03:04:05+05:30'::timestamptz", "2026-01-01T21:34:05.000Z"),
        ("'2026-01-02 03:04:05.6'::timestamp", "2026-01-02T03:04:05.600Z"),
        ("'2026-01-02 03:04:05.6786'::timestamptz", "2026-01-02T03:04:05.679Z"),
        ("'2025-12-31 23:59:59.999999'::timestamptz", "2026-01-01T00:00:00.000Z"),
        ("'infinity'::timestamptz", "infinity"),
        ("'0044-03-15 00:00:00 BC'::timestamp", "0044-03-15 00:00:00 BC"),
        ("'2026-01-02'::date", "2026-01-02"), ("1.50::numeric", "1.50"), ("1.5::float8", "1.5"),
        ("'ab'::char(3)", "ab "), ("ARRAY[1, 2]", "{1,2}"), ("''", ""),
        ("'6f1d2c3b-0000-4000-8000-00000000000a'::uuid", "6f1d2c3b-0000-4000-8000-00000000000a"),
    ])
    func `everything else is a text, and a time is ISO 8601`(
        expression: String, value: String
    ) async throws {
        try await Self.open { database, _ in
            let rows = try await database.query("SELECT \(expression) AS value")
            #expect(rows.first?.text("value") == value)
        }
    }

    @Test func `a zero byte is refused, and nothing else with it`() async throws {
        try await Self.open { database, _ in
            try await database.query("CREATE TABLE t (a text)")
            let insert = "INSERT INTO t VALUES ($1)"
            await #expect(
                throws: DatabaseError.failed(reason: "PostgreSQL keeps no text with a zero byte")
            ) {
                try await database.transaction([
                    SQLStatement(insert, .text("a")), SQLStatement(insert, .text("b\0")),
                ])
            }
            #expect(try await database.query("SELECT a FROM t").isEmpty)
            try await database.query(insert, .text("c"))
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        "SELECT $1::uuid", "SELECT $1::bigint", "SELECT $1::timestamptz", "SELECT $1::json",
        "SELECT $1::jsonb", "SELECT ($1::text)::boolean", "INSERT INTO t VALUES ($1)",
        "INSERT INTO t VALUES ($1 || ' \"quoted\"')",
    ])
    func `a refusal does not repeat what was bound`(statement: String) async throws {
        try await Self.open { database, _ in
            try await database.query(
                "CREATE TABLE t (a text UNIQUE CHECK (a NOT LIKE '%quoted%'))")
            try await database.query("INSERT INTO t VALUES ('hunter2')")
            let error = await #expect(throws: DatabaseError.self) {
                try await database.query(statement, .text("hunter2"))
            }
            let reason: String
            switch error {
            case .failed(let text), .dataException(_, let text): reason = text
            default:
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(reason.utf8.count > 10 && !reason.contains("hunter2"))
            #expect(try await database.query("SELECT 1 AS one").first?.integer("one") == 1)
        }
    }

    @Test func `what fails at the end of a transaction fails it`() async throws {
        try await Self.open { database, _ in
            try await database.query(
                "CREATE TABLE t (a text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let insert = SQLStatement("INSERT INTO t VALUES ('a')")
            for _ in 0..<2 {
                await #expect(throws: DatabaseError.self) {
                    try await database.transaction([insert, insert])
                }
                await #expect(throws: DatabaseError.self) {
                    try await database.query("INSERT INTO t VALUES ('a'), ('a')")
                }
            }
            #expect(try await database.query("SELECT a FROM t").isEmpty)
        }
    }

    // MARK: Prepared statements

    @Test func `a prepared statement outlives a change of its table`() async throws {
        try await Self.open { database, _ in
            try await database.query("CREATE TABLE t (a text)")
            try await database.query("INSERT INTO t VALUES ('x')")
            for column in ["b", "c"] {
                try await database.query("SELECT * FROM t")
                try await database.query("ALTER TABLE t ADD COLUMN \(column) text DEFAULT 'new'")
                #expect(try await database.query("SELECT * FROM t").first?.text(column) == "new")
            }
        }
    }

    @Test(arguments: ["DEALLOCATE ALL", "DISCARD PLANS"])
    func `prepared statements that are gone are made again`(statement: String) async throws {
        try await Self.open { database, _ in
            let one = SQLStatement("SELECT 1 AS one")
            for _ in 0..<3 {
                let rows = try await database.transaction([one, one])
                #expect(rows.map { $0.first?.integer("one") } == [1, 1])
                try await database.query(statement)
            }
        }
    }
}

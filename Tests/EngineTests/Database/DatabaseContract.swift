import Engine
import Testing

/// What every `Database` promises, whatever keeps the data.
///
/// It makes tables whose names begin with `contract_` and expects them not to be there.
struct DatabaseContract {
    let database: any Database
    /// Another one on the same data, as another process has it.
    let other: any Database

    static func check(_ open: () async throws -> any Database) async throws {
        try await DatabaseContract(database: open(), other: open()).check()
    }

    private func check() async throws {
        try await create()
        try await valuesComeBack()
        try await parametersAreNumbered()
        try await missingParametersAreRefused()
        try await wrongStatementsAreRefused()
        try await transactionsAreWhole()
        try await transactionsBringBackTheirRows()
        try await constraintsHold()
        try await rowsAreChangedAndReturned()
        try await manyAtOnceLoseNothing()
        try await locksHaveOneHolder()
        try await leasesEnd()
        try await changesAreHeard()
        try await closedIsClosed()
    }

    private func create() async throws {
        try await database.query(
            "CREATE TABLE contract_values (id text PRIMARY KEY, words text, number bigint)")
        try await database.query(
            """
            CREATE TABLE contract_children (
              id text PRIMARY KEY, parent text NOT NULL REFERENCES contract_values (id))
            """)
    }

    /// No NUL among the texts: PostgreSQL has none in a text.
    private func valuesComeBack() async throws {
        let texts = [
            "", " ", "plain", "\u{1F994}\u{200D}\u{E9}e\u{301}",
            "'; DROP TABLE contract_values; --",
            "\"quoted\" \\ $1 ?", "line\r\nline\t\u{1}\u{7F}",
            String(repeating: "\u{E9}", count: 100_000),
        ]
        for text in texts {
            let row = try await keep(.text(text), .integer(1))
            #expect(row.text("words").map { Array($0.utf8) } == Array(text.utf8))
        }
        for number: Int64 in [0, 1, -1, .max, .min, 1 << 53 + 1] {
            let row = try await keep(.text("x"), .integer(number))
            #expect(row.integer("number") == number)
            #expect(row.text("number") == nil)
        }
        let row = try await keep(.null, .null)
        #expect(row.text("words") == nil)
        #expect(row.integer("number") == nil)
        #expect(row.text("no such column") == nil)
    }

    private func keep(_ text: SQLValue, _ number: SQLValue) async throws -> SQLRow {
        try await database.query("DELETE FROM contract_values")
        try await database.query(
            "INSERT INTO contract_values (id, words, number) VALUES ('a', $1, $2)", text, number)
        let rows = try await database.query("SELECT words, number FROM contract_values")
        return try #require(rows.first)
    }

    private func parametersAreNumbered() async throws {
        try await database.query("DELETE FROM contract_values")
        try await database.query(
            "INSERT INTO contract_values (number, words, id) VALUES ($3, $1, $2)", .text("first"),
            .text("second"), .integer(3))
        let rows = try await database.query(
            """
            SELECT id, words, number FROM contract_values
            WHERE number = $2 AND id = $1 AND id = $1 AND words <> $1
            """, .text("second"), .integer(3))
        #expect(rows.map { $0.text("words") } == ["first"])
    }

    private func missingParametersAreRefused() async throws {
        let statement = "UPDATE contract_values SET words = $1 WHERE id = $2"
        for count in [0, 1, 3] {
            let parameters = [SQLValue](repeating: .text("second"), count: count)
            await #expect(throws: DatabaseError.self) {
                try await database.query(statement, parameters)
            }
        }
    }

    private func wrongStatementsAreRefused() async throws {
        for statement in ["", "SELEC 1", "SELECT * FROM contract_nothing", "SELECT nothing"] {
            await #expect(throws: DatabaseError.self) { try await database.query(statement) }
        }
        let error = await #expect(throws: DatabaseError.self) {
            try await database.query(
                "INSERT INTO contract_nothing (id) VALUES ($1)", .text("hunter2"))
        }
        #expect(error?.description.contains("hunter2") == false)
    }

    private func transactionsAreWhole() async throws {
        try await database.query("DELETE FROM contract_values")
        func insert(_ id: String) -> SQLStatement {
            SQLStatement("INSERT INTO contract_values (id) VALUES ($1)", .text(id))
        }
        let failing: [[SQLStatement]] = [
            [insert("a"), insert("b"), insert("a")],
            [insert("a"), SQLStatement("SELEC 1")],
            [insert("a"), SQLStatement("INSERT INTO contract_values (id) VALUES ($1)")],
            [insert("a"), SQLStatement("CREATE TABLE contract_late (id text)"), insert("a")],
        ]
        for statements in failing {
            await #expect(throws: DatabaseError.self) {
                try await database.transaction(statements)
            }
            #expect(try await ids().isEmpty)
        }
        try await database.query("CREATE TABLE contract_late (id text)")
        try await database.transaction([])
        try await database.transaction([insert("a"), insert("b")])
        #expect(try await ids() == ["a", "b"])
    }

    private func transactionsBringBackTheirRows() async throws {
        let rows = try await database.transaction([
            SQLStatement("UPDATE contract_values SET number = 1 RETURNING id"),
            SQLStatement("DELETE FROM contract_children"),
            SQLStatement("SELECT id FROM contract_values WHERE id = $1", .text("b")),
        ])
        #expect(rows.map(\.count) == [2, 0, 1])
        #expect(rows.last?.first?.text("id") == "b")
    }

    private func ids() async throws -> [String?] {
        try await database.query("SELECT id FROM contract_values ORDER BY id")
            .map { $0.text("id") }
    }

    private func constraintsHold() async throws {
        let orphan = "INSERT INTO contract_children (id, parent) VALUES ('c', $1)"
        await #expect(throws: DatabaseError.self) {
            try await database.query(orphan, .text("nobody"))
        }
        try await database.query(orphan, .text("a"))
        await #expect(throws: DatabaseError.self) {
            try await database.query("DELETE FROM contract_values WHERE id = 'a'")
        }
        try await database.query("DELETE FROM contract_children")
    }

    private func rowsAreChangedAndReturned() async throws {
        let changed = try await database.query(
            "UPDATE contract_values SET number = 5 WHERE id = $1 RETURNING id", .text("a"))
        #expect(changed.map { $0.text("id") } == ["a"])
        let upsert = """
            INSERT INTO contract_values (id, number) VALUES ($1, $2)
            ON CONFLICT (id) DO UPDATE SET number = excluded.number RETURNING number
            """
        for number: Int64 in [7, 8] {
            let rows = try await database.query(upsert, .text("z"), .integer(number))
            #expect(rows.map { $0.integer("number") } == [number])
        }
        let nobody = try await database.query(
            "DELETE FROM contract_values WHERE id = 'nobody' RETURNING id")
        #expect(nobody.isEmpty)
    }

    private func manyAtOnceLoseNothing() async throws {
        try await database.query("DELETE FROM contract_values")
        try await database.query("INSERT INTO contract_values (id, number) VALUES ('n', 0)")
        let increment = SQLStatement("UPDATE contract_values SET number = number + 1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask { try await database.transaction([increment, increment]) }
                group.addTask { try await database.query(increment.sql) }
            }
            try await group.waitForAll()
        }
        let rows = try await database.query("SELECT number FROM contract_values")
        #expect(rows.first?.integer("number") == 150)
    }

    private func closedIsClosed() async throws {
        await database.close()
        await #expect(throws: DatabaseError.self) { try await database.query("SELECT 1") }
        await #expect(throws: DatabaseError.self) { try await database.transaction([]) }
        await database.close()
    }
}

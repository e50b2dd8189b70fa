import Engine
import Testing

@Suite("Database address")
struct DatabaseURLTests {
    @Test(arguments: [
        ("sqlite:hogsend.db", "hogsend.db"), ("sqlite:/var/lib/hogsend.db", "/var/lib/hogsend.db"),
        ("sqlite:///var/lib/hogsend.db", "/var/lib/hogsend.db"), ("sqlite:./a b.db", "./a b.db"),
        ("sqlite:a:b.db", "a:b.db"), ("sqlite:a?b#c.db", "a?b#c.db"),
    ])
    func `a path is taken as it is`(text: String, path: String) throws {
        #expect(try DatabaseURL(text) == .sqlite(path: path))
    }

    @Test(arguments: [
        ("postgre://user:hunter2@host/data", "postgre"),
        ("Postgres://user:hunter2@host/data", "Postgres"),
        ("mysql://user:hunter2@host/data", "mysql"), ("hogsend.db", "(no scheme)"),
        ("", "(no scheme)"), ("sqlite:", "sqlite"), ("sqlite", "(no scheme)"),
        ("/var/lib/hunter2.db", "(no scheme)"), ("://hunter2", ""),
        ("\u{1B}[31mevil\u{7}:hunter2", "[31mevil"),
    ])
    func `anything else is refused without repeating it`(text: String, scheme: String) {
        let error = #expect(throws: DatabaseError.self) { try DatabaseURL(text) }
        #expect(error == .unsupportedURL(scheme))
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.hint?.contains("hunter2") == false)
    }

    @Test(arguments: [
        "postgres://ada:hunter2@db.example:5432/hogsend", "postgresql://ada:hunter2@db/hogsend",
        "postgres://", "postgres://ada:a%40b@one,two:5433/x?target_session_attrs=read-write",
        "postgresql:///hogsend?host=/run/postgresql&sslmode=verify-full&connect_timeout=2",
    ])
    func `libpq reads the address of a PostgreSQL, and nobody shows it`(text: String) throws {
        let address = try DatabaseURL(text)
        #expect(address == .postgres(try PostgresAddress(text)))
        #expect(!"\(address)".contains("hunter2"))
        var dumped = ""
        dump(address, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test(arguments: [
        "postgres:hunter2", "postgres:/hunter2@host", "postgres://ada:hun%zzter2@host/data",
        "postgres://ada:hunter2@[host/data", "postgres://ada:hunter2@host/data?hunter2",
        "postgres://ada:hunter2@host/data?hunter2=1", "postgres://ada:hunter2@host/\0",
    ])
    func `one that libpq cannot read is refused without repeating it`(text: String) {
        let error = #expect(throws: DatabaseError.self) { try DatabaseURL(text) }
        #expect(error == .malformedURL)
        #expect(error.map { "\($0) \($0.hint ?? "")" }?.contains("hun") == false)
    }

    @Test func `it opens what it names`() async throws {
        let folder = try TemporaryFolder()
        let database = try await DatabaseURL("sqlite:" + folder.file()).open()
        #expect(try await database.query("SELECT 1 AS one").first?.integer("one") == 1)
        await database.close()
    }
}

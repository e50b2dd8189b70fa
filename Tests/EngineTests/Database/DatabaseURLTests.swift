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
        ("postgres://user:hunter2@host/data", "postgres"),
        ("postgresql://user:hunter2@host/data?sslmode=require", "postgresql"),
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

    @Test func `it opens what it names`() async throws {
        let folder = try TemporaryFolder()
        let database = try await DatabaseURL("sqlite:" + folder.file()).open()
        #expect(try await database.query("SELECT 1 AS one").first?.integer("one") == 1)
        await database.close()
    }
}

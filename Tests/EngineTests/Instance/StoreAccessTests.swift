import Engine
import Testing

@Suite("Access to the store beside an instance")
struct StoreAccessTests {
    let folder: TemporaryFolder
    private var local: [String: String] { ["HOGSEND_DATA_DIR": folder.path] }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func refusal(_ environment: [String: String]) async throws -> any ActionableError {
        do {
            try await StoreAccess(Environment(environment)).withStore { _ in }
        } catch let error as any ActionableError {
            #expect(error.hint?.isEmpty == false)
            return error
        }
        throw ConfigurationError("it was not refused", hint: "look at the test")
    }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    @Test func `where no key is, none is made`() async throws {
        #expect(try await refusal(local).description.contains("BETTER_AUTH_SECRET is not set"))
        #expect(try files == [])
    }

    @Test(arguments: [["HOST": "0.0.0.0"], ["API_PUBLIC_URL": "https://hogsend.example"]])
    func `an instance for others uses no key of the folder, nor does this`(
        changes: [String: String]
    ) async throws {
        _ = try DataFolder(Environment(local)).keyMakingOne(.auth)
        let error = try await refusal(local.merging(changes) { $1 })
        #expect(error.description.contains("BETTER_AUTH_SECRET is not set"))
    }

    @Test(arguments: [nil, "sqlite:", "sqlite://"])
    func `where no database is, none is made`(scheme: String?) async throws {
        var environment = local
        environment["BETTER_AUTH_SECRET"] = "s"
        environment["DATABASE_URL"] = scheme.map { $0 + folder.file("other.db") }
        #expect(try await refusal(environment).description.contains("there is no database at"))
        #expect(try files == [])
    }

    @Test func `a database that no instance has used is left as it is`() async throws {
        let database = try await SQLiteDatabase(path: folder.file("hogsend.db"))
        try await database.query("CREATE TABLE other (a text)")
        let error = try await refusal(local.merging(["BETTER_AUTH_SECRET": "s"]) { $1 })
        #expect(error.description == "no instance has used this database yet")
        let tables = try await database.query("SELECT name FROM sqlite_master")
        #expect(tables.map { $0.text("name") } == ["other"])
        await database.close()
    }

    @Test func `a database of a newer build is refused`() async throws {
        let database = try await SQLiteDatabase(path: folder.file("hogsend.db"))
        try await Migrator(database, Instance.migrations).migrate()
        try await database.query(
            "INSERT INTO hogsend_migrations (id, applied_at) VALUES ('9999_newer', 'then')")
        await database.close()
        let error = try await refusal(local.merging(["BETTER_AUTH_SECRET": "s"]) { $1 })
        #expect(error.code == "database_newer")
    }

    @Test func `the instance's own key and database are found`() async throws {
        let secret = try DataFolder(Environment(local)).keyMakingOne(.auth)
        let database = try await SQLiteDatabase(path: folder.file("hogsend.db"))
        try await Migrator(database, Instance.migrations).migrate()
        let sealer = try CredentialSealer(secret: secret)
        try await CredentialStore(database, sealer: sealer).save("acme", .oauth, 1)
        let found = try await StoreAccess(Environment(local)).withStore { store in
            try await store.load("acme", .oauth)
        }
        #expect(found?.contents == 1)
        await database.close()
    }
}

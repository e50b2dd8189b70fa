/// The credential store of an instance, for a command that runs beside it in the same environment.
///
/// It makes nothing: neither a key nor a database, since what it made would be the wrong one.
package struct StoreAccess: Sendable {
    private let database: DatabaseURL
    private let sealer: CredentialSealer

    package init(_ environment: Environment) throws {
        let folder = DataFolder(environment)
        let keys = InstanceKeys(
            environment: environment, folder: folder,
            isLocal: try InstanceConfiguration.isLocal(environment))
        database =
            try environment["DATABASE_URL"].map { text throws(DatabaseError) in
                try DatabaseURL(text)
            } ?? .sqlite(path: folder.databasePath)
        sealer = try CredentialSealer(
            secret: try keys.existingAuthSecret(for: database),
            previous: InstanceConfiguration.previousSecrets(environment))
    }

    /// Lets `body` act on the store, and closes the database whatever becomes of it.
    package func withStore<Value>(
        _ body: (CredentialStore) async throws -> Value
    ) async throws -> Value {
        if case .sqlite(let path) = database, !FileManager.default.fileExists(atPath: path) {
            throw Self.nothing("there is no database at '\(path)'")
        }
        let database = try await database.open()
        do {
            try await Self.check(database)
            let value = try await body(CredentialStore(database, sealer: sealer))
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }

    /// Refuses a database that no instance has used, or a newer one than this build.
    private static func check(_ database: any Database) async throws {
        let applied = try await applied(in: database)
        let known = Instance.migrations.map(\.id)
        if let found = applied.first(where: { !known.contains($0) }) {
            throw DatabaseError.newerSchema(found: found)
        }
        guard applied.contains(CredentialStore.migration.id) else {
            throw nothing("no instance has used this database yet")
        }
    }

    private static func applied(in database: any Database) async throws -> [String] {
        do {
            return try await Migrator(database, Instance.migrations).status().applied
        } catch {
            guard case DatabaseError.failed = error else { throw error }
            throw nothing("no instance has used this database yet")
        }
    }

    private static func nothing(_ description: String) -> ConfigurationError {
        ConfigurationError(
            description,
            hint:
                "run this with the instance's own environment: DATABASE_URL or HOGSEND_DATA_DIR says where its data is"
        )
    }
}

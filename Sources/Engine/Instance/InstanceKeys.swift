/// The instance's two keys: given, or made once where only this machine can reach it.
struct InstanceKeys {
    let environment: Environment
    let folder: DataFolder
    let isLocal: Bool

    /// What rows are sealed with.
    func authSecret(for database: DatabaseURL?) throws(ConfigurationError) -> Secret {
        try checkGiven(for: database)
        return try secret("BETTER_AUTH_SECRET", .auth)
    }

    func existingAuthSecret(for database: DatabaseURL) throws(ConfigurationError) -> Secret {
        try checkGiven(for: database)
        return try existing("BETTER_AUTH_SECRET", .auth)
    }

    /// A secret that one machine made opens no row of another's.
    private func checkGiven(for database: DatabaseURL?) throws(ConfigurationError) {
        guard case .postgres? = database, given("BETTER_AUTH_SECRET") == nil else { return }
        throw ConfigurationError(
            "BETTER_AUTH_SECRET is not set, and other machines may use the same database",
            hint:
                "set BETTER_AUTH_SECRET to the secret of the other instances, or to the output of `openssl rand -hex 32`"
        )
    }

    func secret(_ name: String, _ key: DataFolder.Key) throws(ConfigurationError) -> Secret {
        if let given = given(name) { return given }
        guard isLocal else { throw Self.missing(name) }
        try folder.create()
        return try folder.keyMakingOne(key)
    }

    /// The key that the instance uses, never a new one.
    func existing(_ name: String, _ key: DataFolder.Key) throws(ConfigurationError) -> Secret {
        if let given = given(name) { return given }
        guard isLocal else { throw Self.missing(name) }
        guard let made = folder.key(key) else {
            throw ConfigurationError(
                "\(name) is not set, and the instance has made none in '\(folder.path)'",
                hint:
                    "run this with the instance's own environment: \(name), or HOGSEND_DATA_DIR as it is there"
            )
        }
        return made
    }

    private func given(_ name: String) -> Secret? {
        environment[name] == nil ? nil : environment.untrimmed(name).map { Secret($0) }
    }

    private static func missing(_ name: String) -> ConfigurationError {
        ConfigurationError(
            "\(name) is not set, and this instance is not for this machine alone",
            hint: "set \(name) to a random text, for example the output of `openssl rand -hex 32`")
    }
}

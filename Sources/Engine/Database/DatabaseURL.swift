/// Where the data is kept: `sqlite:PATH` or `postgres://…`.
package enum DatabaseURL: Equatable, Sendable {
    case sqlite(path: String)
    case postgres(PostgresAddress)

    package init(_ text: String) throws(DatabaseError) {
        let scheme = String(text.prefix { $0 != ":" })
        let rest = text.dropFirst(scheme.count + 1)
        switch scheme {
        case "sqlite" where !rest.isEmpty:
            self = .sqlite(path: rest.hasPrefix("///") ? String(rest.dropFirst(2)) : String(rest))
        case "postgres", "postgresql":
            self = .postgres(try PostgresAddress(text))
        default:
            // The rest may hold a password, so only the scheme is repeated.
            throw .unsupportedURL(text.contains(":") ? scheme.sanitized(limit: 20) : "(no scheme)")
        }
    }

    package func open() async throws(DatabaseError) -> any Database {
        switch self {
        case .sqlite(let path): try await SQLiteDatabase(path: path)
        case .postgres(let address): PostgresDatabase(address)
        }
    }
}

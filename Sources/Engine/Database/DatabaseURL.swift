/// Where the data is kept: `sqlite:PATH`.
package enum DatabaseURL: Equatable, Sendable {
    case sqlite(path: String)

    package init(_ text: String) throws(DatabaseError) {
        let scheme = String(text.prefix { $0 != ":" })
        let rest = text.dropFirst(scheme.count + 1)
        guard scheme == "sqlite", !rest.isEmpty else {
            // The rest may hold a password, so only the scheme is repeated.
            throw .unsupportedURL(text.contains(":") ? scheme.sanitized(limit: 20) : "(no scheme)")
        }
        self = .sqlite(path: rest.hasPrefix("///") ? String(rest.dropFirst(2)) : String(rest))
    }

    package func open() async throws(DatabaseError) -> any Database {
        switch self {
        case .sqlite(let path): try await SQLiteDatabase(path: path)
        }
    }
}

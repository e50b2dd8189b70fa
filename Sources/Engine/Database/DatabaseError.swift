/// What the database refused, without the values that were bound.
package enum DatabaseError: Error, Equatable {
    case cannotOpen(path: String, reason: String)
    /// No connection: the same may work later.
    case unavailable(reason: String)
    case failed(reason: String)
    /// A value is none of its type (SQLSTATE class 22), or is nested too deeply (class 54).
    case dataException(state: String, reason: String)
    case lockTimedOut(name: String)
    case unsupportedURL(String)
    /// An address of PostgreSQL that libpq cannot read; it may hold a password.
    case malformedURL
    case newerSchema(found: String)
}

extension DatabaseError: ActionableError {
    package var code: String {
        switch self {
        case .cannotOpen, .unavailable: "database_unavailable"
        case .lockTimedOut: "database_locked"
        case .failed, .dataException: "database_failed"
        case .unsupportedURL, .malformedURL: "database_unsupported"
        case .newerSchema: "database_newer"
        }
    }

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "the database '\(path)' cannot be opened: \(reason)"
        case .unavailable(let reason): "the database cannot be reached: \(reason)"
        case .lockTimedOut(let name): "another process held '\(name)' for too long"
        case .failed(let reason), .dataException(_, let reason):
            "the database refused a statement: \(reason)"
        case .unsupportedURL(let scheme):
            "hogsend keeps its data in SQLite or PostgreSQL and does not speak '\(scheme)'"
        case .malformedURL: "the address of the PostgreSQL database cannot be read"
        case .newerSchema(let found):
            "the database has the migration '\(found)', which this build does not know"
        }
    }

    package var hint: String? {
        switch self {
        case .cannotOpen: "check that the folder exists and that this user may write to it"
        case .unavailable: "check that the database runs and that DATABASE_URL names it"
        case .failed, .dataException, .lockTimedOut: nil
        case .unsupportedURL:
            "set DATABASE_URL to sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME, or leave it out"
        case .malformedURL:
            "write DATABASE_URL as postgres://USER:PASSWORD@HOST/NAME, and @ / : % ? # in its parts as %40 %2F %3A %25 %3F %23"
        case .newerSchema: "run the newer hogsend that made it"
        }
    }
}

/// What the database refused, without the values that were bound.
package enum DatabaseError: Error, Equatable {
    case cannotOpen(path: String, reason: String)
    /// No connection: the same may work later.
    case unavailable(reason: String)
    case failed(reason: String)
    case lockTimedOut(name: String)
    case unsupportedURL(String)
    case newerSchema(found: String)
}

extension DatabaseError: ActionableError {
    package var code: String {
        switch self {
        case .cannotOpen, .unavailable: "database_unavailable"
        case .lockTimedOut: "database_locked"
        case .failed: "database_failed"
        case .unsupportedURL: "database_unsupported"
        case .newerSchema: "database_newer"
        }
    }

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "the database '\(path)' cannot be opened: \(reason)"
        case .unavailable(let reason): "the database cannot be reached: \(reason)"
        case .lockTimedOut(let name): "another process held '\(name)' for too long"
        case .failed(let reason): "the database refused a statement: \(reason)"
        case .unsupportedURL(let scheme):
            "this build keeps its data in SQLite and does not speak '\(scheme)'"
        case .newerSchema(let found):
            "the database has the migration '\(found)', which this build does not know"
        }
    }

    package var hint: String? {
        switch self {
        case .cannotOpen: "check that the folder exists and that this user may write to it"
        case .unavailable: "check that the database runs and that DATABASE_URL names it"
        case .failed, .lockTimedOut: nil
        case .unsupportedURL: "set DATABASE_URL to sqlite:PATH, or leave it out"
        case .newerSchema: "run the newer hogsend that made it"
        }
    }
}

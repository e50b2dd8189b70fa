import CPostgres

/// What became of statements that did not succeed, and what may be done about it.
enum PostgresFailure: Error, Equatable {
    /// The server said no and rolled back; the connection is as good as before.
    case refused(DatabaseError, state: String)
    /// A prepared statement is not what it was; nothing was done, and it may be prepared again.
    case outdated
    /// The connection was found dead before anything was sent.
    case stale
    /// The connection broke on the way: nobody knows whether the statements were executed.
    case lost(DatabaseError)

    static let lockNotAvailable = "55P03"

    /// What the caller is told when nothing more can be done.
    var error: DatabaseError {
        switch self {
        case .refused(let error, _), .lost(let error): error
        case .outdated: .failed(reason: "its prepared statements are gone")
        case .stale: .unavailable(reason: "the connection is gone")
        }
    }

    /// Reads the server's refusal.
    init(_ result: OpaquePointer) {
        func field(_ code: Int32) -> String {
            PQresultErrorField(result, code).map { String(cString: $0) } ?? ""
        }
        let state = field(hogsend_pg_diag_sqlstate)
        let reason = Self.reason(field(hogsend_pg_diag_message), state)
        if Self.endsConnection(state) {
            self = .lost(.unavailable(reason: reason))
        } else if Self.isOutdated(state, in: field(hogsend_pg_diag_function)) {
            self = .outdated
        } else {
            let isAboutData = state.hasPrefix("22") || state.hasPrefix("54")
            self = .refused(
                isAboutData
                    ? .dataException(state: state, reason: reason) : .failed(reason: reason),
                state: state)
        }
    }

    /// Broken, shut down, idle for too long, too many; 08P01 is a wrong number of parameters.
    private static func endsConnection(_ state: String) -> Bool {
        state.hasPrefix("08") && state != "08P01" || state.hasPrefix("57P")
            || ["25P03", "53300"].contains(state)
    }

    /// An unknown prepared statement, or one whose columns a migration has changed.
    ///
    /// The latter shares its code with everything that is not supported, and its message is in the
    /// server's language.
    private static func isOutdated(_ state: String, in function: String) -> Bool {
        state == "26000" || state == "0A000" && function == "RevalidateCachedQuery"
    }

    /// The server's message without the bound values that data exceptions, and functions of the
    /// user's own, repeat: what stands between its first and its last quote.
    private static func reason(_ message: String, _ state: String) -> String {
        let bytes = Array(message.utf8)
        let quote = UInt8(ascii: "\"")
        guard state.hasPrefix("22") || state.hasPrefix("P0"),
            let first = bytes.firstIndex(of: quote), let last = bytes.lastIndex(of: quote)
        else { return message.sanitized() }
        let start = String(decoding: bytes[...first], as: UTF8.self)
        return (start + "\u{2026}" + String(decoding: bytes[last...], as: UTF8.self)).sanitized()
    }
}

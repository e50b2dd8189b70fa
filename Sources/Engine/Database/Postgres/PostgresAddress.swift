import CPostgres

/// A `postgres://` address, and what libpq is told beside it.
///
/// Every parameter of the address means what it means to libpq, `sslmode` and several hosts
/// included.
package struct PostgresAddress: Equatable, Sendable {
    private let url: Secret
    private let secrets: [Secret]
    /// With `options` in the address the user has set the session up, time limits included.
    let hasOptions: Bool

    /// What the address itself says goes before these, which go before libpq's own defaults.
    ///
    /// A peer that is gone without a word is found out in half a minute, not in two hours.
    private static let defaults = [
        ("connect_timeout", "5"), ("fallback_application_name", "hogsend"),
        ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "20000"),
    ]

    /// Refuses what libpq cannot read, without libpq's message: it repeats the address.
    package init(_ url: String) throws(DatabaseError) {
        let parameters = url.utf8.contains(0) ? nil : PQconninfoParse(url, nil)
        guard let parameters else { throw .malformedURL }
        defer { PQconninfoFree(parameters) }
        self.url = Secret(url)
        let given = Self.given(parameters)
        secrets = given.filter(\.isSecret).map { Secret($0.value) }
        hasOptions = given.contains { $0.name == "options" }
    }

    /// What the address says; libpq marks what a form would show as stars.
    private static func given(
        _ parameters: UnsafeMutablePointer<PQconninfoOption>
    ) -> [(name: String, value: String, isSecret: Bool)] {
        var given: [(name: String, value: String, isSecret: Bool)] = []
        var next = parameters
        while let name = next.pointee.keyword {
            if let value = next.pointee.val {
                let isSecret = next.pointee.dispchar?.pointee == CChar(UInt8(ascii: "*"))
                given.append((String(cString: name), String(cString: value), isSecret))
            }
            next += 1
        }
        return given
    }

    /// A new connection, made or failed; nil when there is no memory for one.
    func connect() -> OpaquePointer? {
        let parameters =
            Self.defaults + [("dbname", url.reveal()), ("client_encoding", "UTF8")]
        let names = PostgresParameters(parameters.map { .text($0.0) })
        let values = PostgresParameters(parameters.map { .text($0.1) })
        return names.withPointers { names, _, _ in
            values.withPointers { values, _, _ in
                PQconnectdbParams(names + [nil], values + [nil], 1)
            }
        }
    }

    /// What libpq says, as one line without a password.
    func scrubbed(_ message: UnsafePointer<CChar>?) -> String {
        var bytes = message.map { Array(String(cString: $0).utf8) } ?? []
        for secret in secrets {
            let secret = Array(secret.reveal().utf8)
            if !secret.isEmpty { bytes = bytes.replacing(secret, with: "[redacted]".utf8) }
        }
        return String(decoding: bytes, as: UTF8.self).sanitized()
    }
}

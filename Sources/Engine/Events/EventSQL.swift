/// How a database takes a delivery's JSON apart; all else is one text for both.
struct EventSQL: Sendable {
    /// How the database spells a place in a document.
    let spelling: @Sendable (JSONPath) -> String
    /// Whether one statement reads, or stores, many: its parameters are then arrays.
    let readsMany: Bool
    /// Columns that say what type stands at a place of a document, and its text.
    let reading: @Sendable (_ name: String, _ path: String) -> String
    /// The same for a document without a single `\u0000`, which needs fewer looks at it.
    let plainReading: @Sendable (_ name: String, _ path: String) -> String
    /// A column for what type stands at a place.
    let type: @Sendable (_ name: String, _ path: String) -> String
    /// Columns for a place at which an object is wanted: its type, and its text as it came.
    let object: @Sendable (_ name: String, _ path: String) -> String
    /// Where documents come from, and what must hold of one; PostgreSQL says that it is no JSON by
    /// refusing it.
    let guarding: String
    /// An event as the JSON text of the answer.
    let event: String
    /// About how many bytes an event has: SQLite counts characters.
    let size: String
    /// What goes first in a transaction that stores events.
    ///
    /// Numbers of arrival must become visible in their order, or who reads on from one would miss
    /// what was numbered before it and committed after it. SQLite has one writer anyway.
    let ordering: [SQLStatement]

    init(_ dialect: SQLDialect) {
        self =
            switch dialect {
            case .sqlite: .sqlite
            case .postgres: .postgres
            }
    }

    private init(
        spelling: @escaping @Sendable (JSONPath) -> String, readsMany: Bool,
        reading: @escaping @Sendable (String, String) -> String,
        plainReading: @escaping @Sendable (String, String) -> String,
        type: @escaping @Sendable (String, String) -> String,
        object: @escaping @Sendable (String, String) -> String, guarding: String, event: String,
        size: String, ordering: [SQLStatement]
    ) {
        self.spelling = spelling
        self.readsMany = readsMany
        self.reading = reading
        self.plainReading = plainReading
        self.type = type
        self.object = object
        self.guarding = guarding
        self.event = event
        self.size = size
        self.ordering = ordering
    }

    // SQLite makes a double of an integer beyond 64 bits and ends a text at its `\u0000`: the one
    // is taken as it stands, the other is no text. An escaped backslash is no part of an escape.
    // It reads the document once for all the places that one statement asks for.
    private static let sqlite = EventSQL(
        spelling: { "$" + $0.names.map { ".\"\($0)\"" }.joined() }, readsMany: false,
        reading: { name, path in
            #"""
            CASE WHEN json_type($1, \#(path)) = 'text'
                AND instr(replace($1 -> \#(path), '\\', ''), '\u0000') > 0
                THEN 'broken' ELSE json_type($1, \#(path)) END AS \#(name)_type,
            CASE json_type($1, \#(path)) WHEN 'integer' THEN $1 -> \#(path)
                ELSE CAST(json_extract($1, \#(path)) AS text) END AS \#(name)
            """#
        },
        plainReading: { name, path in
            """
            json_type($1, \(path)) AS \(name)_type,
            CASE json_type($1, \(path)) WHEN 'integer' THEN $1 -> \(path)
                ELSE CAST($1 ->> \(path) AS text) END AS \(name)
            """
        },
        type: { name, path in "json_type($1, \(path)) AS \(name)_type" },
        object: { name, path in
            "json_type($1, \(path)) AS \(name)_type, $1 -> \(path) AS \(name)"
        },
        guarding: "WHERE json_valid($1)",
        event: """
            json_object('id', id, 'userId', user_id, 'event', event, 'properties',
                json(properties), 'personProperties', json(person_properties), 'occurredAt',
                occurred_at, 'providerId', provider_id)
            """,
        size: "length(properties) + length(person_properties)", ordering: [])

    // The type `json` keeps a document as it was written, digits and all; an object's text is not
    // unescaped, so that a `\u0000` in it stays one.
    private static let postgres = EventSQL(
        spelling: { "{" + $0.names.map { "\"\($0)\"" }.joined(separator: ",") + "}" },
        readsMany: true,
        reading: postgresReading, plainReading: postgresReading,
        type: { name, path in
            let value = "(body #> \(path)::text[])"
            return #"""
                CASE json_typeof(\#(value)) WHEN 'boolean' THEN \#(value)::text
                    ELSE json_typeof(\#(value)) END AS \#(name)_type
                """#
        },
        object: { name, path in
            let value = "(body #> \(path)::text[])"
            return "json_typeof(\(value)) AS \(name)_type, \(value)::text AS \(name)"
        },
        guarding:
            "FROM unnest($1::text[]::json[]) WITH ORDINALITY AS arrived (body, place) ORDER BY place",
        event: """
            '{"id":' || to_json(id) || ',"userId":' || to_json(user_id)
                || ',"event":' || to_json(event) || ',"properties":' || properties
                || ',"personProperties":' || person_properties
                || ',"occurredAt":' || to_json(occurred_at)
                || ',"providerId":' || to_json(provider_id) || '}'
            """,
        size: "octet_length(properties) + octet_length(person_properties)",
        ordering: [SQLStatement("SELECT pg_advisory_xact_lock(7526676552550283365)")])

    private static let postgresReading: @Sendable (String, String) -> String = { name, path in
        let value = "(body #> \(path)::text[])"
        return #"""
            CASE json_typeof(\#(value)) WHEN 'string' THEN 'text'
                WHEN 'number' THEN CASE WHEN \#(value)::text ~ '^-?[0-9]+$' THEN 'integer'
                    ELSE 'real' END
                WHEN 'boolean' THEN \#(value)::text
                ELSE json_typeof(\#(value)) END AS \#(name)_type,
            CASE WHEN json_typeof(\#(value)) IN ('string', 'number')
                THEN body #>> \#(path)::text[] END AS \#(name)
            """#
    }
}

/// How a database takes a delivery's JSON apart; all else is one text for both.
struct EventSQL: Sendable {
    /// How the database spells a place in a document, as a parameter.
    let spelling: @Sendable (JSONPath) -> String
    /// Columns that say what type stands at a place of the document `$1`, and its text.
    let reading: @Sendable (_ name: String, _ path: String) -> String
    /// The object at a place of the document `$7`, or an empty one.
    let object: @Sendable (_ path: String) -> String
    /// An event as the JSON text of the answer.
    let event: String

    init(_ dialect: SQLDialect) {
        self =
            switch dialect {
            case .sqlite: .sqlite
            case .postgres: .postgres
            }
    }

    private init(
        spelling: @escaping @Sendable (JSONPath) -> String,
        reading: @escaping @Sendable (String, String) -> String,
        object: @escaping @Sendable (String) -> String, event: String
    ) {
        self.spelling = spelling
        self.reading = reading
        self.object = object
        self.event = event
    }

    // SQLite makes a double of an integer beyond 64 bits and ends a text at its `\u0000`: the one
    // is taken as it stands, the other is no text. An escaped backslash is no part of an escape.
    private static let sqlite = EventSQL(
        spelling: { "$" + $0.names.map { ".\"\($0)\"" }.joined() },
        reading: { name, path in
            #"""
            CASE WHEN json_type($1, \#(path)) = 'text'
                AND instr(replace($1 -> \#(path), '\\', ''), '\u0000') > 0
                THEN 'broken' ELSE json_type($1, \#(path)) END AS \#(name)_type,
            CASE json_type($1, \#(path)) WHEN 'integer' THEN $1 -> \#(path)
                ELSE CAST(json_extract($1, \#(path)) AS text) END AS \#(name)
            """#
        },
        object: { "coalesce(json_extract($7, \($0)), '{}')" },
        event: """
            json_object('id', id, 'userId', user_id, 'event', event, 'properties',
                json(properties), 'personProperties', json(person_properties), 'occurredAt',
                occurred_at)
            """)

    // The type `json` keeps a document as it was written, digits and all; an object's text is not
    // unescaped, so that a `\u0000` in it stays one.
    private static let postgres = EventSQL(
        spelling: { "{" + $0.names.map { "\"\($0)\"" }.joined(separator: ",") + "}" },
        reading: { name, path in
            let value = "($1::json #> \(path)::text[])"
            return #"""
                CASE json_typeof(\#(value)) WHEN 'string' THEN 'text'
                    WHEN 'number' THEN CASE WHEN \#(value)::text ~ '^-?[0-9]+$' THEN 'integer'
                        ELSE 'real' END
                    WHEN 'boolean' THEN \#(value)::text
                    ELSE json_typeof(\#(value)) END AS \#(name)_type,
                CASE WHEN json_typeof(\#(value)) IN ('string', 'number')
                    THEN $1::json #>> \#(path)::text[] END AS \#(name)
                """#
        },
        object: { path in
            let value = "($7::json #> \(path)::text[])"
            return "CASE json_typeof(\(value)) WHEN 'object' THEN \(value)::text ELSE '{}' END"
        },
        event: """
            '{"id":' || to_json(id) || ',"userId":' || to_json(user_id)
                || ',"event":' || to_json(event) || ',"properties":' || properties
                || ',"personProperties":' || person_properties
                || ',"occurredAt":' || to_json(occurred_at) || '}'
            """)
}

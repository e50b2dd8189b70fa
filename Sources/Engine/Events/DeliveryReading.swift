/// The statement that takes a source's deliveries apart: the database reads the JSON.
///
/// Numbers keep every digit, and nothing is decoded and encoded again on the way.
struct DeliveryReading: Sendable {
    private let source: WebhookSource
    private let sql: String
    private let paths: [SQLValue]

    init(_ source: WebhookSource, _ dialect: EventSQL) {
        self.source = source
        var columns: [String] = []
        var paths: [SQLValue] = []
        func add(_ name: String, _ path: JSONPath, _ column: (String, String) -> String) {
            paths.append(.text(dialect.spelling(path)))
            columns.append(column(name, "$\(paths.count + 1)"))
        }
        add("id", source.id, dialect.reading)
        add("event", source.event, dialect.reading)
        add("user_id", source.userID, dialect.reading)
        add("occurred_at", source.occurredAt, dialect.reading)
        add("properties", source.properties, dialect.object)
        add("person_properties", source.personProperties, dialect.object)
        add("skipped", source.skippedWhenFalse ?? source.id, dialect.reading)
        sql = "SELECT \(columns.joined(separator: ", ")) \(dialect.guarding)"
        self.paths = paths
    }

    func isOf(_ source: WebhookSource) -> Bool { self.source == source }

    func statement(for text: String) -> SQLStatement {
        SQLStatement(sql, [.text(text)] + paths)
    }

    /// No row stands for what is no JSON.
    func delivery(_ rows: [SQLRow]) throws(MalformedDelivery) -> Delivery {
        guard let row = rows.first else { throw .notJSON }
        return try Delivery(row, source)
    }
}

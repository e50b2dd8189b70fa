#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The statement that takes a source's deliveries apart: the database reads the JSON.
///
/// Numbers keep every digit, and nothing is decoded and encoded again on the way.
struct DeliveryReading: Sendable {
    private let source: WebhookSource
    private let sql: String
    /// For documents in which some text may hold a zero.
    private let carefulSQL: String
    private let readsMany: Bool

    init(_ source: WebhookSource, _ dialect: EventSQL) {
        self.source = source
        readsMany = dialect.readsMany
        sql = Self.sql(source, dialect, dialect.plainReading)
        carefulSQL = Self.sql(source, dialect, dialect.reading)
    }

    private enum Wanted { case text, object, type }

    private static func places(
        _ source: WebhookSource
    ) -> [(name: String, path: JSONPath, wanted: Wanted)] {
        // Where a source has no such place, what stands at another is not looked at.
        let places: [(name: String, path: JSONPath, wanted: Wanted)] = [
            ("id", source.id ?? source.event, .text), ("event", source.event, .text),
            ("user_id", source.userID ?? source.event, .text),
            ("occurred_at", source.occurredAt ?? source.event, .text),
            ("properties", source.properties, .object),
            ("person_properties", source.personProperties ?? source.properties, .object),
            ("skipped", source.skippedWhenFalse ?? source.event, .type),
        ]
        return places + others("event", source.otherEvents)
            + others("user_id", source.otherUserIDs)
            + source.otherPersonProperties.enumerated().map {
                (DeliveryPlaces.column("person_properties", $0), $1, .object)
            }
    }

    /// Columns `<name>_1` and so on, behind the one that has the name alone.
    private static func others(
        _ name: String, _ places: [JSONPlace]
    ) -> [(name: String, path: JSONPath, wanted: Wanted)] {
        places.enumerated().map { (DeliveryPlaces.column(name, $0), $1.path, .text) }
    }

    private static func sql(
        _ source: WebhookSource, _ dialect: EventSQL,
        _ text: (_ name: String, _ path: String) -> String
    ) -> String {
        let columns = places(source).map { place in
            let path = literal(dialect.spelling(place.path))
            return switch place.wanted {
            case .text: text(place.name, path)
            case .object: dialect.object(place.name, path)
            case .type: dialect.type(place.name, path)
            }
        }
        return "SELECT \(columns.joined(separator: ", ")) \(dialect.guarding)"
    }

    /// Part of the text, since it is the same for every delivery.
    private static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            + "'"
    }

    /// One statement for all, where the database takes many texts at once; else one for each.
    func statements(for texts: [String]) -> [SQLStatement] {
        if readsMany { return [SQLStatement(sql, .texts(texts))] }
        return texts.map { text in
            SQLStatement(Self.mayHoldZero(text) ? carefulSQL : sql, .text(text))
        }
    }

    /// The rows of each text, of those that ``statements(for:)`` brought back.
    func rows(_ results: [[SQLRow]]) -> [[SQLRow]] {
        readsMany ? results.joined().map { [$0] } : results
    }

    func isOf(_ source: WebhookSource) -> Bool { self.source == source }

    /// Whether `\u0000` stands in it.
    private static func mayHoldZero(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return false }
            var place = 0
            while let found = memchr(start + place, 0x5C, bytes.count - place) {
                place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
                if bytes[place...].starts(with: #"\u0000"#.utf8) { return true }
                place += 1
            }
            return false
        }
    }

    /// No row stands for what is no JSON.
    func delivery(
        _ rows: [SQLRow], of arrival: EventStore.Arrival
    ) throws(MalformedDelivery) -> Delivery {
        guard let row = rows.first else { throw .notJSON }
        return try Delivery(row, source, of: arrival)
    }
}

extension EventSQL {
    private static let columns =
        "(provider_id, received_at, id, event, user_id, occurred_at, properties, person_properties)"
    private static let one = """
        INSERT INTO hogsend_events \(columns) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (provider_id, id) DO NOTHING
        """
    private static let many = """
        INSERT INTO hogsend_events \(columns)
        SELECT $1, $2, * FROM unnest(
            $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        ON CONFLICT (provider_id, id) DO NOTHING
        """

    /// Stores deliveries in their order, each id of a provider once.
    func insertions(
        _ deliveries: [(provider: ProviderID, delivery: Delivery)], at date: Date
    ) -> [SQLStatement] {
        let now = SQLValue.text(date.iso8601)
        guard readsMany else {
            return deliveries.map { provider, delivery in
                SQLStatement(
                    Self.one, .text(provider.rawValue), now, .text(delivery.id),
                    .text(delivery.event), .text(delivery.userID),
                    .text(delivery.occurredAt.iso8601), .text(delivery.properties),
                    .text(delivery.personProperties))
            }
        }
        var runs: [(provider: ProviderID, values: [[String]])] = []
        for (provider, delivery) in deliveries {
            if runs.last?.provider != provider {
                runs.append((provider, delivery.stored.map { _ in [] }))
            }
            for (place, value) in delivery.stored.enumerated() {
                runs[runs.count - 1].values[place].append(value)
            }
        }
        return runs.map { provider, values in
            SQLStatement(
                Self.many, [.text(provider.rawValue), now] + values.map { SQLValue.texts($0) })
        }
    }
}

extension Delivery {
    /// Its own columns, in their order.
    fileprivate var stored: [String] {
        [id, event, userID, occurredAt.iso8601, properties, personProperties]
    }
}

extension EventStore {
    package static let migration = Migration(
        "0002_events",
        """
        CREATE TABLE hogsend_events (
            provider_id text NOT NULL, id text NOT NULL, event text NOT NULL, user_id text NOT NULL,
            occurred_at text NOT NULL, received_at text NOT NULL, properties text NOT NULL,
            person_properties text NOT NULL, PRIMARY KEY (provider_id, id))
        """,
        "CREATE INDEX hogsend_events_newest ON hogsend_events (occurred_at, id)",
        "CREATE INDEX hogsend_events_event ON hogsend_events (event, occurred_at, id)",
        "CREATE INDEX hogsend_events_user ON hogsend_events (user_id, occurred_at, id)")

    /// Numbers the events by arrival, marks those that only try the way, and keeps the place that
    /// each consumer has reached.
    ///
    /// A number is never given twice, also when the newest event is deleted. An instance of the
    /// version before goes on storing in the new table.
    package static let arrivalMigration = Migration(
        "0004_event_arrival",
        sqlite: [
            """
            CREATE TABLE hogsend_events_arrived (
                seq integer PRIMARY KEY AUTOINCREMENT, provider_id text NOT NULL, id text NOT NULL,
                event text NOT NULL, user_id text NOT NULL, occurred_at text NOT NULL,
                received_at text NOT NULL, properties text NOT NULL,
                person_properties text NOT NULL, is_test integer NOT NULL DEFAULT 0,
                UNIQUE (provider_id, id))
            """,
            """
            INSERT INTO hogsend_events_arrived (provider_id, id, event, user_id, occurred_at,
                received_at, properties, person_properties)
            SELECT provider_id, id, event, user_id, occurred_at, received_at, properties,
                person_properties
            FROM hogsend_events ORDER BY received_at, rowid
            """,
            "DROP TABLE hogsend_events",
            "ALTER TABLE hogsend_events_arrived RENAME TO hogsend_events",
            "CREATE INDEX hogsend_events_newest ON hogsend_events (occurred_at, id)",
            "CREATE INDEX hogsend_events_event ON hogsend_events (event, occurred_at, id)",
            "CREATE INDEX hogsend_events_user ON hogsend_events (user_id, occurred_at, id)",
            consumers,
        ],
        postgres: [
            """
            ALTER TABLE hogsend_events ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
                ADD COLUMN is_test smallint NOT NULL DEFAULT 0
            """,
            "CREATE UNIQUE INDEX hogsend_events_arrival ON hogsend_events (seq)",
            consumers,
        ])

    private static let consumers = """
        CREATE TABLE hogsend_event_consumers (
            name text PRIMARY KEY, seq bigint NOT NULL, updated_at text NOT NULL)
        """

    /// Keeps two narrow indexes in place of three wide ones, which cost more than the events
    /// themselves: a commit writes every page that it touches.
    ///
    /// Deliveries that only tried the way and were stored by an earlier version go.
    package static let indexMigration = Migration(
        "0007_event_indexes",
        "DELETE FROM hogsend_events WHERE is_test = 1",
        "DROP INDEX hogsend_events_newest", "DROP INDEX hogsend_events_event",
        "DROP INDEX hogsend_events_user",
        "CREATE INDEX hogsend_events_newest ON hogsend_events (occurred_at, event)",
        "CREATE INDEX hogsend_events_user ON hogsend_events (user_id)")
}

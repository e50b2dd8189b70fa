/// Hands events to a sink, at least once each, from where its name stopped before.
///
/// Of all processes that run a consumer of one name, one at a time is at work; the others take over
/// when it dies.
package struct EventConsumer: Sendable {
    package enum Report: Sendable {
        case failed(name: String, next: Duration)
        case recovered(name: String)
    }

    private static let batch = 100
    private static let batchBytes = 16 << 20
    private static let lease = Duration.seconds(300)
    private static let longestPause = Duration.seconds(60)

    private let sink: any EventSink
    private let database: any Database
    private let store: EventStore
    private let firstPause: Duration
    private let report: @Sendable (Report) -> Void

    package init(
        _ sink: any EventSink, _ database: any Database, firstPause: Duration = .seconds(1),
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        self.sink = sink
        self.database = database
        self.firstPause = firstPause
        self.report = report
        store = EventStore(database)
    }

    /// Works until the task is cancelled; a call of the sink that is under way is waited for.
    package func run() async {
        var pause = firstPause
        await ArrivalHints(store: store).follow {
            do {
                try await handOverAll()
                if pause > firstPause { report(.recovered(name: sink.name)) }
                pause = firstPause
            } catch is LockedByOther {
                // Another process is at work; a look now and then is enough.
            } catch {
                if Task.isCancelled { return false }
                report(.failed(name: sink.name, next: pause))
                try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, Self.longestPause)
            }
            return !Task.isCancelled
        }
    }

    private struct LockedByOther: Error {}

    /// Looks first without the lock, which costs a session of the database.
    private func handOverAll() async throws {
        guard try await !next(after: place() ?? 0).isEmpty else { return }
        let lock = try await takeLock()
        do {
            while try await handOver(lock), !Task.isCancelled {}
            await lock.release()
        } catch {
            await lock.release()
            throw error
        }
    }

    private func takeLock() async throws -> any DatabaseLock {
        do throws(DatabaseError) {
            return try await database.lock(
                "events:\(sink.name)", lease: Self.lease, patience: .milliseconds(1))
        } catch {
            if case .lockTimedOut = error { throw LockedByOther() }
            throw error
        }
    }

    /// One call of the sink; false when there is nothing left, or the lock is another's by now.
    private func handOver(_ lock: any DatabaseLock) async throws -> Bool {
        guard await lock.isHeld() else { return false }
        let reached = try await place()
        let events = try await next(after: reached ?? 0)
        guard let last = events.last else { return false }
        try await sink.receive(events)
        return try await move(from: reached, to: last.cursor)
    }

    private func next(after cursor: Int64) async throws -> [ReceivedEvent] {
        try await store.received(after: cursor, limit: Self.batch, bytes: Self.batchBytes)
    }

    // MARK: The place

    private func place() async throws -> Int64? {
        try await database.query(
            "SELECT seq FROM hogsend_event_consumers WHERE name = $1", .text(sink.name)
        ).first?.integer("seq")
    }

    /// False when somebody else has moved it: then the lease ran out while the sink was at work.
    private func move(from old: Int64?, to new: Int64) async throws -> Bool {
        let now = SQLValue.text(Date().iso8601)
        let rows =
            if let old {
                try await database.query(
                    """
                    UPDATE hogsend_event_consumers SET seq = $1, updated_at = $2
                    WHERE name = $3 AND seq = $4 RETURNING seq
                    """, .integer(new), now, .text(sink.name), .integer(old))
            } else {
                try await database.query(
                    """
                    INSERT INTO hogsend_event_consumers (name, seq, updated_at)
                    VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING seq
                    """, .text(sink.name), .integer(new), now)
            }
        return !rows.isEmpty
    }
}

import Engine
import Testing

/// What holds between two that have the same data.
extension DatabaseContract {
    func locksHaveOneHolder() async throws {
        let lock = try await database.lock("one", lease: .seconds(30), patience: .seconds(5))
        for database in [database, other] {
            let late = await #expect(throws: DatabaseError.self) {
                try await database.lock("one", lease: .seconds(1), patience: .milliseconds(100))
            }
            #expect(late == .lockTimedOut(name: "one"))
        }
        let elsewhere = try await other.lock("two", lease: .seconds(30), patience: .seconds(5))
        await elsewhere.release()
        #expect(await lock.isHeld())
        async let waiting = other.lock("one", lease: .seconds(30), patience: .seconds(20))
        try await Task.sleep(for: .milliseconds(100))
        let released = ContinuousClock.now
        await lock.release()
        let next = try await waiting
        #expect(ContinuousClock.now - released < .seconds(2), "it is not waited for in long steps")
        #expect(await next.isHeld())
        #expect(await !lock.isHeld())
        await lock.release()
        #expect(await next.isHeld(), "only its holder lets go")
        await next.release()
    }

    func leasesEnd() async throws {
        let hanging = try await database.lock(
            "lease", lease: .milliseconds(400), patience: .seconds(5))
        let taken = ContinuousClock.now
        #expect(await hanging.isHeld())
        let next = try await other.lock("lease", lease: .seconds(30), patience: .seconds(20))
        #expect(.now - taken > .milliseconds(300))
        #expect(.now - taken < .seconds(5))
        #expect(await !hanging.isHeld())
        await hanging.release()
        #expect(await next.isHeld())
        await next.release()
    }

    func changesAreHeard() async throws {
        let ears = [await Ear(database), await Ear(other)]
        let statement = SQLStatement("UPDATE contract_values SET number = coalesce(number, 0) + 1")
        // The first one may be published before there is a listener, and is made up for.
        for speaker in [nil, database, other] {
            for ear in ears { try await ear.settle() }
            let counts = ears.map(\.count)
            try await (speaker ?? database).publish(statement)
            for (ear, count) in zip(ears, counts) {
                let heard = try await ear.hearsMore(
                    than: count, within: .seconds(speaker == nil ? 10 : 1))
                #expect(heard)
            }
        }
        for ear in ears { try await ear.settle() }
        let counts = ears.map(\.count)
        await #expect(throws: DatabaseError.self) {
            try await database.publish(
                SQLStatement("INSERT INTO contract_children (id, parent) VALUES ('c', 'nobody')"))
        }
        try await Task.sleep(for: .milliseconds(700))
        #expect(ears.map(\.count) == counts, "what failed is told to nobody")
        await other.close()
        #expect(await ears[1].ends(), "there is nothing to hear from one that is closed")
    }
}

/// Counts what a database tells of changes.
struct Ear: Sendable {
    private let heard = Locked(0)
    private let ended = Promise<Void>()

    init(_ database: any Database) async {
        let changes = await database.changes()
        Task { [heard, ended] in
            for await _ in changes { heard.withLock { $0 += 1 } }
            ended.settle(())
        }
    }

    var count: Int { heard.withLock { $0 } }

    /// Waits until there is silence.
    func settle() async throws {
        var before = -1
        while count != before {
            before = count
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    func hearsMore(than count: Int, within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while self.count <= count, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        return self.count > count
    }

    func ends() async -> Bool { await ended.value(within: .seconds(5)) != nil }
}

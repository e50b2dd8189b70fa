import Engine
import Testing

/// Callers that go on whatever becomes of their calls, and what became of them.
final class Load: Sendable {
    struct Tally: Sendable {
        var done = 0
        var failed = 0
        var longest = Duration.zero
        var otherErrors: [DatabaseError] = []
    }

    private let database: any Database
    private let counts = Locked(Tally())
    private let hasEnded = CancellationFlag()

    init(_ database: any Database) {
        self.database = database
    }

    var tally: Tally { counts.withLock { $0 } }

    func end() { hasEnded.set() }

    /// Calls until the end, from so many tasks at once, each with a text of its own.
    func run(tasks: Int, statement: String) async throws {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask { [self] in
                    var number = 0
                    while !hasEnded.isSet {
                        number += 1
                        await call(statement, .text("\(task)-\(number)"))
                    }
                }
            }
        }
    }

    private func call(_ statement: String, _ value: SQLValue) async {
        let start = ContinuousClock.now
        var failure: DatabaseError?
        do throws(DatabaseError) {
            try await database.query(statement, value)
        } catch {
            failure = error
        }
        count(failure, ContinuousClock.now - start)
        if failure != nil { try? await Task.sleep(for: .milliseconds(20)) }
    }

    private func count(_ failure: DatabaseError?, _ time: Duration) {
        counts.withLock { tally in
            tally.longest = max(tally.longest, time)
            switch failure {
            case nil: tally.done += 1
            case .unavailable: tally.failed += 1
            case let error?: tally.otherErrors.append(error)
            }
        }
    }

    func reaches(_ goal: (Tally) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !goal(tally), .now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        try #require(goal(tally), "\(tally)")
    }
}

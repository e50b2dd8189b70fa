import Engine
import Foundation
import TestDatabases
import Testing

extension BinaryTests {
    /// A lock between processes, one of which comes to harm.
    @Suite("locks between processes") struct LockTests {
        private func hold(
            _ empty: EmptyDatabase, lease: Duration,
            _ body: (RunningProgram, any Database) async throws -> Void
        ) async throws {
            let database = try await empty.open()
            let holder = try Program(
                name: "lock-holder", arguments: [empty.address, "a", "\(lease.milliseconds)"],
                input: nil
            ).start()
            _ = try await holder.wait { $0.output.contains("held") ? true : nil }
            let late = await #expect(throws: DatabaseError.self) {
                try await database.lock("a", lease: .seconds(1), patience: .milliseconds(200))
            }
            #expect(late == .lockTimedOut(name: "a"))
            try await body(holder, database)
            await database.close()
        }

        private func timeToTake(_ database: any Database) async throws -> Duration {
            let start = ContinuousClock.now
            let lock = try await database.lock("a", lease: .seconds(30), patience: .seconds(20))
            let time = ContinuousClock.now - start
            await lock.release()
            return time
        }

        @Test(arguments: DatabaseKind.allCases)
        func `a holder that is killed lets go at once`(kind: DatabaseKind) async throws {
            try await kind.make { empty in
                try await hold(empty, lease: .seconds(60)) { holder, database in
                    holder.signal(SIGKILL)
                    let time = try await timeToTake(database)
                    #expect(time < .seconds(2))
                    _ = await holder.end(within: .seconds(5))
                }
            }
        }

        @Test(arguments: DatabaseKind.allCases)
        func `a holder that hangs lets go when its lease ends, and knows`(
            kind: DatabaseKind
        ) async throws {
            try await kind.make { empty in
                try await hold(empty, lease: .seconds(2)) { holder, database in
                    holder.signal(SIGSTOP)
                    let time = try await timeToTake(database)
                    #expect(time > .milliseconds(500) && time < .seconds(4))
                    holder.signal(SIGCONT)
                    holder.closeInput()
                    #expect(await holder.end(within: .seconds(10)).output.contains("lost"))
                }
            }
        }

        @Test(arguments: DatabaseKind.allCases)
        func `a holder that ends in order lets go`(kind: DatabaseKind) async throws {
            try await kind.make { empty in
                try await hold(empty, lease: .seconds(60)) { holder, database in
                    holder.closeInput()
                    let time = try await timeToTake(database)
                    #expect(time < .seconds(2))
                    #expect(await holder.end(within: .seconds(10)).output.contains("kept"))
                }
            }
        }
    }
}

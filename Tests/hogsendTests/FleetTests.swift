import Engine
import Foundation
import Testing

extension BinaryTests {
    /// Processes that share a database, before a server that does not forgive a second refresh.
    @Suite("A fleet") struct FleetTests {
        enum Kind: CaseIterable { case sqlite, postgres }

        private func onBoth(
            _ kind: Kind, grace: Int = 0, left: Double = -1,
            _ body: (Fleet) async throws -> Void
        ) async throws {
            try await RefreshPeer.visit(grace: grace) { peer in
                switch kind {
                case .sqlite: try await Fleet.onSQLite(peer, left: left, body)
                case .postgres: try await Fleet.onPostgres(peer, left: left, body)
                }
            }
        }

        @Test(arguments: Kind.allCases)
        func `eight processes with two hundred callers each send one refresh`(
            kind: Kind
        ) async throws {
            try await onBoth(kind) { fleet in
                let members = try await fleet.start(8, callers: 200)
                let results = try await fleet.results(of: members)
                let token = try await fleet.storedToken()
                #expect(token != fleet.oldToken)
                #expect(results == Array(repeating: [token: 200], count: 8))
                #expect(fleet.requests == ["200 -"])
                #expect(try await fleet.status().word == .ok)
            }
        }

        @Test(arguments: Kind.allCases)
        func `a holder stopped before it sends is overtaken, and sends nothing afterwards`(
            kind: Kind
        ) async throws {
            try await onBoth(kind) { fleet in
                let holder = try await fleet.halted(at: "before-send", lease: .seconds(2))
                let others = try await fleet.start(3, callers: 50, lease: .seconds(2))
                let time = try await ContinuousClock().measure {
                    let results = try await fleet.results(of: others)
                    let token = try await fleet.storedToken()
                    #expect(results == Array(repeating: [token: 50], count: 3))
                }
                #expect(time < .seconds(5), "the lease and what work needs")
                let row = try await fleet.payload()
                holder.signal(SIGCONT)
                #expect(try await fleet.results(of: [holder]) == [[fleet.storedToken(): 1]])
                #expect(try await fleet.payload() == row)
                #expect(fleet.requests == ["200 -"])
            }
        }

        @Test(arguments: Kind.allCases)
        func `holders that die let go at once, whoever waits`(kind: Kind) async throws {
            try await onBoth(kind) { fleet in
                let victims = try await fleet.start(5, callers: 3, stop: ["before-send", "kill"])
                let survivor = try await fleet.start(1, callers: 3)
                for victim in victims { victim.closeInput() }
                for victim in victims {
                    #expect(await victim.end(within: .seconds(5)).status == 137)
                }
                let time = try await ContinuousClock().measure {
                    let results = try await fleet.results(of: survivor)
                    #expect(results == [[try await fleet.storedToken(): 3]])
                }
                #expect(time < .seconds(3), "a lease is thirty")
                #expect(fleet.requests == ["200 -"])
            }
        }

        @Test func `one stopped after it sent is left to store while the old token lives`()
            async throws
        {
            try await stopped(grace: 0, left: 30) { step, fleet in
                let holder = try await fleet.halted(at: step, lease: .seconds(2))
                let others = try await fleet.start(2, callers: 5, lease: .seconds(2))
                let results = try await fleet.results(of: others)
                #expect(results == [[fleet.oldToken: 5], [fleet.oldToken: 5]])
                holder.signal(SIGCONT)
                let token = try await fleet.results(of: [holder])
                #expect(try await token == [[fleet.storedToken(): 1]])
                #expect(try await fleet.storedToken() != fleet.oldToken)
                #expect(try await fleet.status().word == .ok)
                #expect(fleet.requests == ["200 -"])
            }
        }

        @Test func `one stopped for long after it sent stores nothing wrong when all was revoked`()
            async throws
        {
            try await stopped(grace: 0, left: 30) { step, fleet in
                let row = try await fleet.payload()
                let holder = try await fleet.halted(at: step, lease: .seconds(2))
                // Longer than the others leave it to him.
                try await Task.sleep(for: .seconds(5))
                let others = try await fleet.start(2, callers: 5, lease: .seconds(2))
                let results = try await fleet.results(of: others)
                #expect(results == [[fleet.oldToken: 5], [fleet.oldToken: 5]], "while it lives")
                try await fleet.expectLost()
                holder.signal(SIGCONT)
                #expect(try await fleet.results(of: [holder]) == [[fleet.oldToken: 1]])
                try await fleet.expectLost()
                #expect(try await fleet.payload() == row)
                #expect(fleet.requests.first == "200 -")
                #expect(Set(fleet.requests.dropFirst()) == ["400 invalid_grant"])
            }
        }

        @Test func `one stopped after it sent overwrites nothing when the server forgave`()
            async throws
        {
            try await stopped(grace: 120, left: -1) { step, fleet in
                let holder = try await fleet.halted(at: step, lease: .seconds(2))
                let others = try await fleet.start(2, callers: 5, lease: .seconds(2))
                let results = try await fleet.results(of: others)
                let token = try await fleet.storedToken()
                #expect(results == [[token: 5], [token: 5]])
                let row = try await fleet.payload()
                holder.signal(SIGCONT)
                #expect(try await fleet.results(of: [holder]) == [[token: 1]])
                #expect(try await fleet.payload() == row)
                #expect(try await fleet.status().word == .ok)
                #expect(fleet.requests == ["200 -", "200 -"])
            }
        }

        /// On both databases and at both steps at once, each with a server of its own: what takes
        /// time is the lease.
        private func stopped(
            grace: Int, left: Double,
            _ body: @escaping @Sendable (_ step: String, Fleet) async throws -> Void
        ) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for kind in Kind.allCases {
                    for step in ["after-send", "after-answer"] {
                        group.addTask {
                            try await onBoth(kind, grace: grace, left: left) { fleet in
                                try await body(step, fleet)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

import Engine
import Foundation
import Testing

extension BinaryTests {
    /// Processes that share a database, before a server that does not forgive a second refresh.
    @Suite("A fleet") struct FleetTests {
        @Test func `eight processes with two hundred callers each send one refresh`() async throws {
            try await onSQLite { fleet in
                let members = try await fleet.start(8, callers: 200)
                let results = try await fleet.results(of: members)
                let token = try await fleet.storedToken()
                #expect(token != fleet.oldToken)
                #expect(results == Array(repeating: [token: 200], count: 8))
                #expect(fleet.requests == ["200 -"])
                #expect(try await fleet.status().word == .ok)
            }
        }

        @Test func `a holder that is stopped before it sends is overtaken, and then sends nothing`()
            async throws
        {
            try await onSQLite { fleet in
                let holder = try await fleet.halted(at: "before-send", lease: .seconds(2))
                let others = try await fleet.start(3, callers: 50, lease: .seconds(2))
                let time = try await ContinuousClock().measure {
                    let results = try await fleet.results(of: others)
                    let token = try await fleet.storedToken()
                    #expect(results == Array(repeating: [token: 50], count: 3))
                }
                #expect(time < .seconds(5), "the lease and what work needs")
                holder.signal(SIGCONT)
                let token = try await fleet.storedToken()
                #expect(try await fleet.results(of: [holder]) == [[token: 1]])
                #expect(try await fleet.storedToken() == token)
                #expect(fleet.requests == ["200 -"])
            }
        }

        @Test func `holders that die let go at once, whoever waits`() async throws {
            try await onSQLite { fleet in
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
                #expect(time < .seconds(2))
                #expect(fleet.requests == ["200 -"])
            }
        }

        private func onSQLite(
            grace: Int = 0, left: Double = -1, _ body: (Fleet) async throws -> Void
        ) async throws {
            try await RefreshPeer.visit(grace: grace) { peer in
                try await Fleet.onSQLite(peer, left: left, body)
            }
        }
    }
}

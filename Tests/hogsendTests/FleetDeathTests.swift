import Engine
import Foundation
import Testing

extension BinaryTests {
    /// A process that dies within a refresh, and what the next one makes of what it left.
    @Suite("A death within a refresh") struct FleetDeathTests {
        enum Tokens { case old, new }

        /// What follows from what was stored at the moment of death.
        struct Model {
            let step: String
            let stored: Tokens
            let grace: Int
            /// Every request that the server has seen when the next process has asked.
            let requests: [String]
            let word: CredentialStatus.Word
            var reason: RefreshRecord.Reason?
        }

        private static let twice = ["200 -", "200 -"]
        private static let lost = ["200 -", "400 invalid_grant"]

        static let models = [
            // Nothing was sent: the next one sends.
            Model(step: "before-send", stored: .old, grace: 0, requests: ["200 -"], word: .ok),
            Model(step: "before-send", stored: .old, grace: 120, requests: ["200 -"], word: .ok),
            // Sent and not stored: the next one tries once, and what comes of it is the server's.
            Model(
                step: "after-send", stored: .old, grace: 0, requests: lost, word: .needsReconnect,
                reason: .answerLost),
            Model(step: "after-send", stored: .old, grace: 120, requests: twice, word: .ok),
            Model(
                step: "after-answer", stored: .old, grace: 0, requests: lost,
                word: .needsReconnect, reason: .answerLost),
            Model(step: "after-answer", stored: .old, grace: 120, requests: twice, word: .ok),
            // Storing is whole or not at all.
            Model(
                step: "during-save", stored: .old, grace: 0, requests: lost,
                word: .needsReconnect, reason: .answerLost),
            Model(step: "during-save", stored: .old, grace: 120, requests: twice, word: .ok),
            Model(step: "during-save", stored: .new, grace: 0, requests: ["200 -"], word: .ok),
            Model(step: "during-save", stored: .new, grace: 120, requests: ["200 -"], word: .ok),
            // Stored: the next one takes it and sends nothing.
            Model(step: "after-save", stored: .new, grace: 0, requests: ["200 -"], word: .ok),
            Model(step: "after-save", stored: .new, grace: 120, requests: ["200 -"], word: .ok),
        ]

        static let steps = [
            "before-send", "after-send", "after-answer", "during-save", "during-save",
            "during-save", "after-save",
        ]

        @Test(arguments: [0, 120])
        func `is followed by what the model says, at each step`(grace: Int) async throws {
            try await RefreshPeer.visit(grace: grace) { peer in
                for step in Self.steps {
                    try await Fleet.onSQLite(peer) { try await die(at: step, grace, $0) }
                    try await Fleet.onPostgres(peer) { try await die(at: step, grace, $0) }
                }
            }
        }

        private func die(at step: String, _ grace: Int, _ fleet: Fleet) async throws {
            for victim in try await fleet.start(1, callers: 1, stop: [step, "kill"]) {
                victim.closeInput()
                #expect(await victim.end(within: .seconds(10)).status == 137, "\(step)")
            }
            if step != "before-send" { try await fleet.waitForRequest() }
            let stored: Tokens = try await fleet.storedToken() == fleet.oldToken ? .old : .new
            let model = try #require(
                Self.models.first {
                    $0.step == step && $0.stored == stored && $0.grace == grace
                }, "\(step), \(stored)")
            let word = try await fleet.status().word
            #expect(word == (stored == .old ? .expiring : .ok), "\(step), before the next one")
            try await check(model, fleet)
        }

        private func check(_ model: Model, _ fleet: Fleet) async throws {
            let before = try await fleet.payload()
            let clock = ContinuousClock()
            var results: [[String: Int64]] = []
            let time = try await clock.measure {
                results = try await fleet.results(of: fleet.start(1, callers: 2))
            }
            let line = Comment(rawValue: "\(model)")
            #expect(fleet.requests == model.requests, line)
            #expect(try await fleet.status().word == model.word, line)
            #expect(try await fleet.reason() == model.reason, line)
            if model.word == .ok {
                #expect(try await results == [[fleet.storedToken(): 2]], line)
                #expect(try await fleet.storedToken() != fleet.oldToken, line)
            } else {
                #expect(results == [["none": 1, "needs_reconnect": 1]], line)
                #expect(try await fleet.payload() == before, line)
            }
            #expect(time < .seconds(5), "a lease is thirty")
        }
    }
}

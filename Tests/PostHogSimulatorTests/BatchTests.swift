import Engine
import PostHogSimulator
import Testing

@Suite("Simulated ingestion")
struct BatchTests {
    private static func batch(_ key: String, _ events: JSONValue...) -> JSONValue {
        ["api_key": .string(key), "batch": .array(events)]
    }

    @Test func `one uuid counts once, and changes its person once`() async throws {
        try await Visitor.visit { visitor in
            let event: JSONValue = [
                "uuid": "u1", "event": "$set", "distinct_id": "ada",
                "properties": ["$set": ["n": 1]],
            ]
            for _ in 0..<2 {
                let answer = try await visitor.call(
                    "POST", "/batch/", Self.batch("phc_project12345", event))
                #expect(answer.status == 200)
            }
            #expect(visitor.simulator.captured.count == 1)
            #expect(visitor.simulator.person("ada")?["properties"] == ["n": 1])
        }
    }

    @Test func `a key of no project and an event without a person are refused`() async throws {
        try await Visitor.visit { visitor in
            let event: JSONValue = ["event": "e", "distinct_id": "ada"]
            let wrong = try await visitor.call("POST", "/batch/", Self.batch("phc_no", event))
            #expect(wrong.status == 401)
            let nobody = try await visitor.call(
                "POST", "/batch/", Self.batch("phc_project12345", event, ["event": "e"]))
            #expect(nobody.status == 400)
            #expect(visitor.simulator.captured.isEmpty)
        }
    }
}

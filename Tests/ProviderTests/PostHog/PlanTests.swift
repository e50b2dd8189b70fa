import Engine
import PostHogSimulator
import Testing

@Suite("A plan for PostHog")
struct PlanTests {
    static let url = ProvisionContext.webhook
    static let old = "https://old.example/v1/webhooks/posthog"
    static let drifted = DestinationSeed.drifted(url: url)
    static let double = DestinationSeed.compliant(url: old, secret: "other")

    private static func fields(_ answer: JSONValue) -> [String] {
        (answer["changes"]?.array ?? []).compactMap { $0["field"]?.string }
    }

    @Test func `names every field of a destination to come, mints nothing and writes nothing`()
        async throws
    {
        try await PlanDesk.open { desk in
            let bare = try desk.restarted(["POSTHOG_WEBHOOK_SECRET": ""])
            let answer = await bare.plan()
            #expect(answer.status == 200)
            #expect(answer.json["plan"] == true && answer.json["action"] == "created")
            #expect(
                Self.fields(answer.json) == [
                    "url", "method", "body", "headers.Content-Type",
                    "headers.x-posthog-webhook-secret", "filters.source", "filters.properties",
                    "enabled",
                ])
            #expect(desk.simulator.writes == 0)
            let rows = try await desk.database.query("SELECT id FROM provider_credentials", [])
            #expect(rows.isEmpty)
        }
    }

    @Test func `is what applying then reports, and is clean after it`() async throws {
        try await PlanDesk.open([Self.drifted]) { desk in
            let plan = await desk.plan()
            let done = await desk.apply()
            #expect(plan.json["changes"] == done.json["changes"])
            #expect(done.json["changes"]?.array?.isEmpty == false)
            let after = await desk.plan()
            #expect(after.json["action"] == "unchanged" && after.json["changes"] == [])
        }
    }

    @Test func `reports duplicates, and only merging touches them`() async throws {
        try await PlanDesk.open([Self.drifted, Self.double]) { desk in
            let ids = desk.simulator.destinations.compactMap { $0["id"]?.string }
            let reported: JSONValue = [
                ["id": .string(ids[1]), "url": .string(Self.old), "enabled": true]
            ]
            #expect(await desk.plan().json["duplicates"] == reported)
            #expect(await desk.apply().json["duplicates"] == reported)
            #expect(desk.enabled == ids)
            let plan = await desk.plan(merging: true)
            #expect(plan.json["action"] == "updated")
            #expect(Self.fields(plan.json) == ["duplicates.\(ids[1]).enabled"])
            let merged = await desk.apply(merging: true)
            #expect(merged.json["changes"] == plan.json["changes"])
            #expect(merged.json["duplicates"]?.array?.first?["enabled"] == false)
            #expect(desk.enabled == [ids[0]])
            let writes = desk.simulator.writes
            #expect(await desk.apply(merging: true).json["action"] == "unchanged")
            #expect(desk.simulator.writes == writes && desk.simulator.destinations.count == 2)
        }
    }

    @Test func `is what drift says, too`() async throws {
        try await PlanDesk.open([Self.drifted]) { desk in
            let before = await desk.call("GET", PlanDesk.drift)
            #expect(before.json["drift"] == true && before.json["action"] == "updated")
            #expect(before.json["changes"] == (await desk.plan()).json["changes"])
            _ = await desk.apply()
            let after = await desk.call("GET", PlanDesk.drift)
            #expect(after.json["drift"] == false && after.json["changes"] == [])
            #expect(after.json["plan"] == nil)
        }
    }

    @Test func `shows no header and no text of a body`() async throws {
        var inputs = Self.drifted["inputs"]?.object ?? [:]
        inputs["headers"] = [
            "value": [
                "Authorization": "Bearer hunter2", "content-type": "hunter2/x",
                "X-PostHog-Webhook-Secret": "hunter2",
            ]
        ]
        inputs["body"] = ["value": ["api_key": "hunter2", "event": "{event}"]]
        let seed = (Self.drifted.object ?? [:]).merging(["inputs": .object(inputs)]) { $1 }
        try await PlanDesk.open([.object(seed)]) { desk in
            var shown = [await desk.plan().json, await desk.call("GET", PlanDesk.drift).json]
            shown.append(await desk.apply().json)
            shown.append(
                await desk.call("POST", PlanDesk.provision + "?plan=true", ["undo": true]).json)
            shown.append(await desk.undo().json)
            for answer in shown {
                #expect(answer["changes"]?.array?.isEmpty == false)
                let text = String(decoding: answer.encoded(), as: UTF8.self)
                #expect(!text.contains("hunter2") && !text.contains(PlanDesk.secret))
            }
            let headers = desk.destinations.first?["inputs"]?["headers"]?["value"]
            #expect(headers?["content-type"] == "hunter2/x", "it is put back all the same")
        }
    }
}

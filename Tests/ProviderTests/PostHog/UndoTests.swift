import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("Undoing at PostHog")
struct UndoTests {
    private static let url = ProvisionContext.webhook
    private static let extra = DestinationSeed.compliant(url: PlanTests.old, secret: "other")

    enum Prior: String, CaseIterable {
        case nothing
        case drifted
        case disabled
        case legacy
        case renamedAndDoubled

        var seeds: [JSONValue] {
            switch self {
            case .nothing: []
            case .drifted: [DestinationSeed.drifted(url: url)]
            case .disabled: [DestinationSeed.disabled(url: url, secret: "stale")]
            case .legacy: [DestinationSeed.legacy(url: PlanTests.old, secret: "stale")]
            case .renamedAndDoubled:
                [DestinationSeed.renamed(url: url, secret: "stale"), extra, extra]
            }
        }
    }

    private static func expectBack(
        _ prior: Prior, _ before: [JSONValue], _ desk: PlanDesk, _ place: String = ""
    ) {
        guard prior == .nothing else {
            return #expect(desk.destinations == before, "\(prior) \(place)")
        }
        #expect(desk.destinations.count <= 1, "\(place)")
        #expect(desk.enabled == [], "\(place)")
    }

    @Test(arguments: Prior.allCases)
    func `puts back what was changed, and says once that there is nothing more`(
        prior: Prior
    ) async throws {
        try await PlanDesk.open(prior.seeds) { desk in
            let before = desk.destinations
            let done = await desk.apply(merging: true)
            #expect(desk.enabled.count == 1)
            let look = await desk.call("POST", PlanDesk.provision + "?plan=true", ["undo": true])
            #expect(look.json["plan"] == true && desk.enabled.count == 1)
            let undone = await desk.undo()
            #expect(undone.status == 200 && undone.json["kept"] == [])
            #expect(undone.json["changes"] == look.json["changes"])
            if prior != .nothing {
                #expect(
                    undone.json["changes"]?.array?.count == done.json["changes"]?.array?.count)
            }
            Self.expectBack(prior, before, desk)
            let again = await desk.undo()
            #expect(again.status == 409 && again.json["error"] == "nothing_to_undo")
            Self.expectBack(prior, before, desk)
            #expect(await desk.apply(merging: true).status == 200)
            #expect(desk.enabled.count == 1 && desk.destinations.count == max(before.count, 1))
            #expect(desk.simulator.violations == [])
        }
    }

    @Test(arguments: Prior.allCases)
    func `works after a crash at every call of applying, and of undoing`(prior: Prior) async throws
    {
        for isUndo in [false, true] {
            var calls = 1
            var isDone = false
            while !isDone {
                try await PlanDesk.open(prior.seeds) { desk in
                    let before = desk.destinations
                    let place = "\(isUndo ? "undo" : "apply") after \(calls)"
                    if isUndo { _ = await desk.apply(merging: true) }
                    let client = CrashingClient(client: CurlClient(), calls: calls)
                    let crashing = try desk.restarted(client: client)
                    let first =
                        isUndo ? await crashing.undo() : await crashing.apply(merging: true)
                    isDone = first.status == 200
                    if !isUndo {
                        #expect(await desk.apply(merging: true).status == 200, "\(place)")
                        #expect(desk.enabled.count == 1, "\(place)")
                        #expect(desk.destinations.count == max(before.count, 1), "\(place)")
                        #expect(await desk.plan(merging: true).json["action"] == "unchanged")
                    }
                    let status = await desk.undo().status
                    #expect(status == 200 || isUndo && isDone && status == 409, "\(place)")
                    Self.expectBack(prior, before, desk, place)
                    #expect(await desk.undo().status == 409, "\(place)")
                }
                calls += 1
            }
            #expect(calls > 2, "the crash was never early")
        }
    }

    @Test func `keeps what somebody edited since, and says so`() async throws {
        try await PlanDesk.open(Prior.drifted.seeds) { desk in
            _ = await desk.apply()
            let id = desk.enabled[0]
            var inputs = desk.destinations[0]["inputs"]?.object ?? [:]
            inputs["method"] = ["value": "PATCH"]
            try await desk.edit(id, ["inputs": .object(inputs), "name": "Edited"])
            let undone = await desk.undo()
            #expect(undone.json["kept"] == [["field": "method", "reason": "was changed since"]])
            let now = desk.destinations[0]
            #expect(now["inputs"]?["method"]?["value"] == "PATCH" && now["name"] == "Edited")
            #expect(now["inputs"]?["body"]?["value"]?["event"] == "{event.event}")
            #expect(await desk.undo().status == 409)
        }
    }

    @Test func `of an earlier template goes back whole or not at all`() async throws {
        try await PlanDesk.open(Prior.legacy.seeds) { desk in
            _ = await desk.apply()
            let hog = desk.destinations[0]["hog"]?.string ?? ""
            try await desk.edit(desk.enabled[0], ["hog": .string("// mine\n" + hog)])
            let undone = await desk.undo()
            let kept = (undone.json["kept"]?.array ?? []).compactMap { $0["field"]?.string }
            #expect(Set(kept) == ["body", "payload", "inputs_schema", "hog"])
            #expect(desk.destinations[0]["inputs"]?["body"]?["value"] != nil)
            #expect(desk.destinations[0]["inputs"]?["url"]?["value"] == .string(PlanTests.old))
        }
    }

    @Test func `of a destination that is gone is reported`() async throws {
        try await PlanDesk.open { desk in
            _ = await desk.apply()
            try await desk.edit(desk.enabled[0], ["deleted": true])
            let undone = await desk.undo()
            #expect(undone.status == 200 && undone.json["changes"] == [])
            #expect(undone.json["kept"]?.array?.count == 1)
        }
    }

    @Test func `meets an edit between read and write by one more look`() async throws {
        let stale = HTTPResponse.problem(409, "Changed meanwhile.", code: "stale_update")
        try await PlanDesk.open(Prior.renamedAndDoubled.seeds) { desk in
            let before = desk.destinations
            for skip in 0..<3 {
                desk.simulator.add(
                    ServerFault("/api/", method: "PATCH", skip: skip, times: 1, answer: stale))
                #expect(await desk.apply(merging: true).status == 200)
                #expect(desk.enabled.count == 1)
                desk.simulator.add(
                    ServerFault("/api/", method: "PATCH", skip: skip, times: 1, answer: stale))
                #expect(await desk.undo().status == 200)
                desk.simulator.removeFaults()
                #expect(desk.destinations == before)
            }
        }
    }

    @Test func `keeps an edit that came between its own read and write`() async throws {
        try await PlanDesk.open(Prior.drifted.seeds) { desk in
            let id = desk.simulator.destinations[0]["id"]?.string ?? ""
            for isUndo in [false, true] {
                let edits = Locked(0)
                let client = HastyClient {
                    let number = edits.withLock { count in
                        count += 1
                        return count
                    }
                    try? await desk.edit(id, ["name": .string("Edit \(number) \(isUndo)")])
                }
                let beside = try desk.restarted(client: client)
                #expect((isUndo ? await beside.undo() : await beside.apply()).status == 200)
                #expect(desk.destinations[0]["name"] == .string("Edit 1 \(isUndo)"))
            }
            #expect(desk.simulator.journal.contains { $0.status == 409 })
            #expect(desk.destinations[0]["inputs"]?["method"]?["value"] == "PUT")
        }
    }

    @Test func `is of the latest change that came to its end`() async throws {
        try await PlanDesk.open(Prior.drifted.seeds) { desk in
            _ = await desk.apply()
            try await desk.edit(desk.enabled[0], ["enabled": false])
            _ = await desk.apply()
            let undone = await desk.undo()
            let change: JSONValue = ["field": "enabled", "from": "true", "to": "false"]
            #expect(undone.json["changes"] == [change])
            #expect(desk.destinations[0]["inputs"]?["method"]?["value"] == "POST")
        }
    }

    @Test func `is kept sealed, and goes with the credential`() async throws {
        try await PlanDesk.open(Prior.drifted.seeds) { desk in
            _ = await desk.apply()
            let rows = try await desk.database.query("SELECT payload FROM provider_credentials", [])
            #expect(rows.count == 1)
            for row in rows { #expect(row.text("payload")?.contains("stale") == false) }
            _ = await desk.call("DELETE", "/v1/admin/provider-credentials/posthog")
            #expect(await desk.undo().json["error"] == "nothing_to_undo")
        }
    }

    @Test func `is refused where what is kept cannot be opened, or was changed elsewhere`()
        async throws
    {
        try await PlanDesk.open(Prior.drifted.seeds) { desk in
            _ = await desk.apply()
            let other = try desk.restarted([
                "BETTER_AUTH_SECRET": "another-auth-secret-0123456789abc"
            ])
            let refused = await other.undo()
            #expect(refused.status == 409 && refused.json["error"] == "undo_unreadable")
            try await desk.edit(desk.enabled[0], ["enabled": false])
            let applied = await other.apply()
            #expect(applied.json["action"] == "updated" && applied.json["undoable"] == false)
            let moved = try desk.restarted(["POSTHOG_PRIVATE_HOST": "https://eu.posthog.com"])
            #expect(await moved.undo().json["error"] == "undo_elsewhere")
        }
    }
}

/// Somebody who is faster than the first `PATCH`.
private struct HastyClient: HTTPClient {
    let edit: @Sendable () async -> Void
    private let isDone = Locked(false)

    init(edit: @escaping @Sendable () async -> Void) { self.edit = edit }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let isFirst = isDone.withLock { done in
            guard request.method == "PATCH", !done else { return false }
            done = true
            return true
        }
        if isFirst { await edit() }
        return try await CurlClient().send(request)
    }
}

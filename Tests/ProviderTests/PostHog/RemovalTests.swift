import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("Leaving PostHog")
struct RemovalTests {
    private static let url = LeavingDesk.url
    private static let elsewhere = "https://other.example/v1/webhooks/posthog"

    enum Prior: String, CaseIterable {
        /// Made by us.
        case nothing
        /// Adopted.
        case drifted
        /// Another instance's beside ours.
        case other
        /// Two that post to us.
        case doubled

        var seeds: [JSONValue] {
            switch self {
            case .nothing: []
            case .drifted: [DestinationSeed.drifted(url: url, secret: "stale")]
            case .other: [DestinationSeed.compliant(url: elsewhere, secret: "theirs")]
            case .doubled:
                [
                    DestinationSeed.compliant(url: url, secret: "one"),
                    DestinationSeed.compliant(url: url, secret: "two"),
                ]
            }
        }
    }

    /// The addresses that are still posted to.
    private static func enabled(_ desk: LeavingDesk) -> [String] {
        desk.desk.destinations.filter { $0["enabled"] == true }
            .compactMap { $0["inputs"]?["url"]?["value"]?.string }
    }

    @Test func `what we made is deleted, the access token ends alone, and that is said`()
        async throws
    {
        try await LeavingDesk.open { desk in
            let look = try await desk.leave(["plan": true])
            let text = look.json["steps"]?.array?[1]["text"]?.string ?? ""
            #expect(text.contains("every installation of hogsend") && text.contains("--everywhere"))
            #expect(desk.desk.enabled.count == 1)
            let left = try await desk.leave()
            #expect(
                left.status == 200 && LeavingDesk.outcomes(left.json) == ["done", "done", "done"])
            #expect(desk.desk.destinations == [])
            #expect(try await desk.rows() == 0)
            #expect(try await !desk.isAlive(desk.grant))
            #expect(try await desk.isAlive(desk.other))
            #expect(try await desk.isRenewable(desk.grant))
            let told = left.json["steps"]?.array?[1]["text"]?.string ?? ""
            #expect(told.contains("the refresh token lives on at PostHog"))
            #expect(desk.desk.simulator.violations == [])
            #expect(try await desk.leave().json["nothing"] == true)
        }
    }

    @Test func `everywhere means every installation of this user`() async throws {
        try await LeavingDesk.open { desk in
            let look = try await desk.leave(["plan": true, "everywhere": true])
            let text = look.json["steps"]?.array?[1]["text"]?.string ?? ""
            #expect(text.contains("which logs out every installation of hogsend"))
            let left = try await desk.leave(["everywhere": true])
            #expect(LeavingDesk.outcomes(left.json) == ["done", "done", "done"])
            for grant in [desk.grant, desk.other] {
                #expect(try await !desk.isAlive(grant))
                #expect(try await !desk.isRenewable(grant))
            }
        }
    }

    @Test func `a token is revoked by a form at the region's own address`() async throws {
        try await LeavingDesk.open { desk in
            _ = try await desk.leave()
            let calls = desk.desk.simulator.journal.filter { $0.path.hasPrefix("/oauth/revoke") }
            #expect(calls.map(\.method) == ["POST"] && calls.map(\.status) == [200])
            #expect(calls[0].body.contains("client_id="))
            #expect(calls[0].body.contains("token_type_hint=access_token"))
        }
    }

    @Test func `what we adopted is disabled and stays as it is otherwise`() async throws {
        try await LeavingDesk.open(Prior.drifted.seeds) { desk in
            let left = try await desk.leave()
            let removed = left.json["steps"]?.array?[0]["removed"]?.array ?? []
            #expect(removed.map { $0["action"] } == ["disabled"])
            #expect(desk.desk.destinations.map { $0["enabled"] } == [false])
        }
    }

    @Test func `another instance's destination in the same project stays`() async throws {
        try await LeavingDesk.open(Prior.other.seeds, provisions: false) { desk in
            let left = try await desk.leave()
            #expect(LeavingDesk.outcomes(left.json) == ["done", "done", "done"])
            #expect(Self.enabled(desk) == [Self.elsewhere])
        }
    }

    @Test func `one that still posts to where the instance was is known by its secret`()
        async throws
    {
        try await LeavingDesk.open { desk in
            let id = desk.desk.enabled[0]
            var inputs = desk.desk.destinations[0]["inputs"]?.object ?? [:]
            inputs["url"] = ["value": .string(Self.elsewhere)]
            try await desk.desk.edit(id, ["inputs": .object(inputs)])
            #expect(Self.enabled(desk) == [Self.elsewhere])
            _ = try await desk.leave()
            #expect(Self.enabled(desk) == [])
        }
    }

    @Test func `a secret that two instances share is no sign of ours`() async throws {
        let theirs = DestinationSeed.compliant(url: Self.elsewhere, secret: "shared")
        try await LeavingDesk.open([theirs], provisions: false) { desk in
            let left = try await desk.leave(environment: ["POSTHOG_WEBHOOK_SECRET": "shared"])
            #expect(LeavingDesk.outcomes(left.json) == ["done", "done", "done"])
            #expect(Self.enabled(desk) == [Self.elsewhere])
        }
    }

    @Test func `every project of the grant is looked through, and one out of reach is told`()
        async throws
    {
        try await LeavingDesk.open(provisions: false, teams: [12_345, 67_890, 424_242]) { desk in
            for project: Int64 in [12_345, 67_890] {
                desk.desk.simulator.seed(
                    DestinationSeed.compliant(url: Self.url, secret: "s"), project: project)
            }
            let left = try await desk.leave()
            #expect(Self.enabled(desk) == [])
            #expect(
                left.json["notes"]
                    == ["project 424242 is out of reach, so what may be there stays"])
        }
    }

    @Test(arguments: [403, 500, 302])
    func `a PostHog that does not let us keeps the token`(status: Int) async throws {
        try await LeavingDesk.open { desk in
            let answer =
                status == 302
                ? HTTPResponse.found(at: "/login")
                : .problem(
                    status, "API key missing required scope 'hog_function:write'",
                    code: "permission_denied")
            desk.desk.simulator.add(ServerFault("/api/", method: "PATCH", answer: answer))
            if status == 302 { desk.desk.simulator.add(ServerFault("/api/", answer: answer)) }
            let failed = try await desk.leave()
            #expect(failed.status == 502)
            #expect(LeavingDesk.outcomes(failed.json) == ["failed", "pending", "pending"])
            desk.desk.simulator.removeFaults()
            #expect(try await desk.isAlive(desk.grant))
            #expect(try await desk.leave().json["disconnected"] == true)
            #expect(desk.desk.destinations == [])
        }
    }

    @Test func `keeping the destination needs no call to PostHog's API`() async throws {
        try await LeavingDesk.open { desk in
            let calls = desk.desk.simulator.journal.count
            let left = try await desk.leave(["keepDestination": true])
            #expect(LeavingDesk.outcomes(left.json) == ["skipped", "done", "done"])
            let paths = desk.desk.simulator.journal[calls...].map(\.path)
            #expect(paths.allSatisfy { $0.hasPrefix("/oauth/") }, "\(paths)")
            #expect(desk.desk.enabled.count == 1)
        }
    }

    @Test(arguments: Prior.allCases, [false, true])
    func `a crash at every call leaves nothing behind once it is run again`(
        prior: Prior, isEverywhere: Bool
    ) async throws {
        let others = prior == .other ? [Self.elsewhere] : []
        let body: JSONValue = ["everywhere": .bool(isEverywhere)]
        var calls = 1
        var isDone = false
        while !isDone {
            try await LeavingDesk.open(prior.seeds, provisions: prior != .other) { desk in
                let place = "\(prior) after \(calls)"
                let client = CrashingClient(client: CurlClient(), calls: calls)
                isDone = try await desk.leave(body, through: client).status == 200
                let again = try await desk.leave(body)
                #expect(again.status == 200, "\(place)")
                #expect(Self.enabled(desk) == others, "\(place)")
                if prior == .nothing { #expect(desk.desk.destinations == [], "\(place)") }
                #expect(try await desk.rows() == 0, "\(place)")
                #expect(try await !desk.isAlive(desk.grant), "\(place)")
                #expect(try await desk.isAlive(desk.other) != isEverywhere, "\(place)")
                #expect(try await desk.leave().json["nothing"] == true, "\(place)")
                #expect(desk.desk.simulator.violations == [], "\(place)")
            }
            calls += 1
        }
        #expect(calls > 2, "the crash was never early")
    }

    @Test func `a crash while provisioning leaves nothing that leaving does not find`() async throws
    {
        var calls = 1
        var isDone = false
        while !isDone {
            try await LeavingDesk.open(provisions: false) { desk in
                let client = CrashingClient(client: CurlClient(), calls: calls)
                let crashing = try desk.desk.restarted(
                    [
                        "POSTHOG_PERSONAL_API_KEY": "", "POSTHOG_WEBHOOK_SECRET": "",
                        "POSTHOG_PROJECT_ID": "", "POSTHOG_PRIVATE_HOST": "",
                    ], client: client)
                isDone = await crashing.apply().status == 200
                #expect(try await desk.leave().status == 200)
                #expect(desk.desk.destinations == [], "after \(calls)")
            }
            calls += 1
        }
    }
}

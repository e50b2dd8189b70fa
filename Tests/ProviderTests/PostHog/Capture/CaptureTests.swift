import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("Capture")
struct CaptureTests {
    private static let quick = limits(\.firstPause, .milliseconds(5), CaptureLimits())

    private static func limits<Value>(
        _ path: WritableKeyPath<CaptureLimits, Value>, _ value: Value, _ base: CaptureLimits = quick
    ) -> CaptureLimits {
        var limits = base
        limits[keyPath: path] = value
        return limits
    }

    /// A capture with the key of the simulator's first project.
    private static func run(
        _ limits: CaptureLimits = quick, settings: [String: Secret]? = nil,
        derived: [String: String] = [:],
        _ body: (Capture, PostHogSimulator) async throws -> Void
    ) async throws {
        let simulator = try await PostHogSimulator.start()
        let environment = [
            "POSTHOG_API_KEY": "phc_project12345",
            "POSTHOG_HOST": simulator.origin.absoluteString,
        ]
        var configuration = try PostHog().configuration(in: Environment(environment))
        if let settings { configuration.settings = settings }
        let known = derived.mapValues {
            $0.replacing("ORIGIN", with: simulator.origin.absoluteString)
        }
        let access = ProviderAccess(
            configuration: configuration, client: CurlClient(),
            derived: { known[$0].map { Secret($0) } },
            service: { () async throws(NoAccess) in throw .noCredential })
        do {
            try await body(Capture(access, limits: limits), simulator)
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    private static func batches(_ simulator: PostHogSimulator) -> [[JSONValue]] {
        simulator.journal.filter { $0.path == "/batch/" }.map {
            JSONValue(decoding: Data($0.body.utf8))?["batch"]?.array ?? []
        }
    }

    @Test func `an event arrives with an id and a time of its own`() async throws {
        try await Self.run { capture, simulator in
            let time = try #require(Date(iso8601: "2026-01-02T03:04:05.678Z"))
            await capture.capture(
                "signed_up", distinctID: "ada", properties: ["plan": "pro"], at: time)
            await capture.flush()
            let event = try #require(simulator.captured.first)
            #expect(event["event"] == "signed_up" && event["distinct_id"] == "ada")
            #expect(event["properties"]?["plan"] == "pro")
            #expect(event["timestamp"] == "2026-01-02T03:04:05.678Z")
            #expect(event["uuid"]?.string.flatMap { UUID(uuidString: $0) } != nil)
            #expect(event["api_key"] == "phc_project12345")
            #expect(simulator.journal.map(\.authorization) == [nil])
            #expect(await capture.counts.sent == 1)
        }
    }

    @Test func `properties of a person are set, set once and unset`() async throws {
        try await Self.run { capture, simulator in
            simulator.keepPerson("ada", ["plan": "free", "first": "a", "gone": 1])
            await capture.set(
                ["plan": "pro"], once: ["first": "b", "second": "c"], unset: ["gone"], of: "ada")
            await capture.set(of: "ada")
            await capture.flush()
            #expect(
                simulator.person("ada")?["properties"]
                    == ["plan": "pro", "first": "a", "second": "c"])
            #expect(simulator.captured.map { $0["event"] } == ["$set"])
        }
    }

    @Test func `events go together, in order, as many as fit`() async throws {
        try await Self.run(Self.limits(\.batch, 10)) { capture, simulator in
            for number in 0..<25 { await capture.capture("e\(number)", distinctID: "ada") }
            await capture.flush()
            #expect(Self.batches(simulator).allSatisfy { $0.count <= 10 })
            #expect(
                simulator.captured.map { $0["event"]?.string } == (0..<25).map { "e\($0)" })
        }
        try await Self.run(Self.limits(\.batchBytes, 1000)) { capture, simulator in
            for _ in 0..<10 {
                await capture.capture(
                    "e", distinctID: "ada",
                    properties: ["x": .string(String(repeating: "x", count: 300))])
            }
            await capture.flush()
            #expect(Self.batches(simulator).map(\.count) == [2, 2, 2, 2, 2])
        }
    }

    @Test func `one event does not wait for others for ever`() async throws {
        try await Self.run(Self.limits(\.interval, .milliseconds(30))) { capture, simulator in
            await capture.capture("e", distinctID: "ada")
            for _ in 0..<200 where simulator.captured.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(simulator.captured.count == 1)
        }
    }

    // MARK: Failures

    @Test(arguments: [500, 502, 503, 429, 408, 0])
    func `what fails is sent again with the same ids, and counts once`(status: Int) async throws {
        try await Self.run { capture, simulator in
            // The first attempt was taken although its answer says otherwise.
            simulator.add(
                ServerFault(
                    "/batch", times: 1, performs: true, answer: HTTPResponse(status: status)),
                ServerFault("/batch", times: 1, answer: HTTPResponse(status: status)))
            for number in 0..<3 { await capture.capture("e\(number)", distinctID: "ada") }
            await capture.flush()
            let ids = Self.batches(simulator).map { $0.map { $0["uuid"]?.string } }
            #expect(ids.count == 3 && Set(ids).count == 1)
            #expect(simulator.captured.count == 3)
            let counts = await capture.counts
            #expect(counts.sent == 3 && counts.failed == 0 && counts.waiting == 0)
        }
    }

    @Test(arguments: [400, 401, 403, 404, 302])
    func `what is refused is not sent again`(status: Int) async throws {
        try await Self.run { capture, simulator in
            simulator.add(ServerFault("/batch", times: 1, answer: HTTPResponse(status: status)))
            await capture.capture("e", distinctID: "ada")
            await capture.flush()
            await capture.capture("f", distinctID: "ada")
            await capture.flush()
            #expect(Self.batches(simulator).count == 2)
            #expect(simulator.captured.map { $0["event"] } == ["f"])
            #expect(await capture.counts.failed == 1)
        }
    }

    @Test func `attempts come to an end`() async throws {
        try await Self.run(Self.limits(\.attempts, 3)) { capture, simulator in
            simulator.add(ServerFault("/batch", answer: HTTPResponse(status: 500)))
            await capture.capture("e", distinctID: "ada")
            await capture.flush()
            #expect(Self.batches(simulator).count == 3)
            let counts = await capture.counts
            #expect(counts.failed == 1 && counts.waiting == 0)
        }
    }

    @Test func `what is too large in one is sent in parts`() async throws {
        try await Self.run { capture, simulator in
            simulator.add(ServerFault("/batch", times: 2, answer: HTTPResponse(status: 413)))
            for number in 0..<4 { await capture.capture("e\(number)", distinctID: "ada") }
            await capture.flush()
            #expect(Self.batches(simulator).map(\.count) == [4, 2, 1, 1, 2])
            #expect(simulator.captured.count == 4)
        }
        try await Self.run { capture, simulator in
            simulator.add(ServerFault("/batch", answer: HTTPResponse(status: 413)))
            await capture.capture("e", distinctID: "ada")
            await capture.flush()
            #expect(await capture.counts.failed == 1)
        }
    }

    @Test func `the time that PostHog asks for is waited, up to a limit`() async throws {
        try await Self.run(Self.limits(\.longestPause, .milliseconds(300))) { capture, simulator in
            simulator.add(.throttled("/batch", retryAfter: 3600))
            await capture.capture("e", distinctID: "ada")
            let start = ContinuousClock.now
            await capture.flush()
            #expect(start.duration(to: .now) >= .milliseconds(300))
            #expect(simulator.captured.count == 1)
        }
    }

    // MARK: Bounds

    @Test func `what does not fit is dropped and counted`() async throws {
        try await Self.run(Self.limits(\.queue, 5, Self.limits(\.eventBytes, 1000))) {
            capture, simulator in
            await capture.capture(
                "large", distinctID: "ada",
                properties: ["x": .string(String(repeating: "x", count: 1000))])
            await capture.capture("", distinctID: "ada")
            await capture.capture("e", distinctID: "")
            for number in 0..<8 { await capture.capture("e\(number)", distinctID: "ada") }
            #expect(await capture.counts.waiting == 5)
            await capture.flush()
            let counts = await capture.counts
            #expect(counts.sent == 5 && counts.dropped == 6)
            #expect(simulator.captured.count == 5)
        }
    }

    @Test func `the end sends what waits and takes nothing more`() async throws {
        try await Self.run { capture, simulator in
            for number in 0..<250 { await capture.capture("e\(number)", distinctID: "ada") }
            let counts = await capture.shutdown()
            #expect(counts.sent == 250 && counts.waiting == 0)
            #expect(simulator.captured.count == 250)
            await capture.capture("late", distinctID: "ada")
            #expect(await capture.shutdown().dropped == 1)
        }
    }

    @Test func `the end does not wait beyond its deadline`() async throws {
        try await Self.run(Self.limits(\.firstPause, .seconds(60))) { capture, simulator in
            simulator.add(ServerFault("/batch", answer: HTTPResponse(status: 500)))
            for number in 0..<150 { await capture.capture("e\(number)", distinctID: "ada") }
            let start = ContinuousClock.now
            let counts = await capture.shutdown(within: .milliseconds(300))
            #expect(start.duration(to: .now) < .seconds(5))
            #expect(counts.failed == 150 && counts.waiting == 0)
        }
    }

    // MARK: The key

    @Test func `without a key nothing is sent and nobody is told`() async throws {
        try await Self.run(settings: [:]) { capture, simulator in
            for _ in 0..<150 { await capture.capture("e", distinctID: "ada") }
            let counts = await capture.shutdown()
            #expect(counts == CaptureCounts.keyless(150))
            #expect(simulator.journal.isEmpty)
        }
    }

    @Test func `the key that provisioning stored goes to the host that it is from`() async throws {
        let derived = ["projectApiKey": "phc_project67890", "privateHost": "ORIGIN"]
        try await Self.run(settings: [:], derived: derived) { capture, simulator in
            await capture.capture("e", distinctID: "ada")
            await capture.flush()
            #expect(simulator.captured.map { $0["api_key"] } == ["phc_project67890"])
        }
    }

    @Test(
        arguments: [
            (["POSTHOG_API_KEY": "phc_1"], "https://us.i.posthog.com/batch/"),
            (
                ["POSTHOG_API_KEY": "phc_1", "POSTHOG_HOST": "https://eu.i.posthog.com"],
                "https://eu.i.posthog.com/batch/"
            ),
            (
                ["POSTHOG_API_KEY": "phc_1", "POSTHOG_HOST": "https://eu.posthog.com/"],
                "https://eu.i.posthog.com/batch/"
            ),
            (
                ["POSTHOG_API_KEY": "phc_1", "POSTHOG_HOST": "https://app.posthog.com"],
                "https://us.i.posthog.com/batch/"
            ),
            (
                ["POSTHOG_API_KEY": "phc_1", "POSTHOG_PRIVATE_HOST": "https://eu.posthog.com"],
                "https://eu.i.posthog.com/batch/"
            ),
            (
                ["POSTHOG_API_KEY": "phc_1", "POSTHOG_HOST": "https://ph.example.com/ingest"],
                "https://ph.example.com/ingest/batch/"
            ),
            (["POSTHOG_HOST": "https://eu.i.posthog.com"], nil), ([:], nil),
        ] as [([String: String], String?)])
    func `the host is the one that takes events`(
        environment: [String: String], url: String?
    ) async throws {
        let client = ScriptedHTTPClient(HTTPResponse(status: 200))
        let access = ProviderAccess(
            configuration: try PostHog().configuration(in: Environment(environment)),
            client: client, service: { () async throws(NoAccess) in throw .noCredential })
        let capture = Capture(access)
        await capture.capture("e", distinctID: "ada")
        await capture.shutdown()
        #expect(client.requests.map(\.url.absoluteString) == [url].compactMap { $0 })
    }
}

extension CaptureCounts {
    fileprivate static func keyless(_ count: Int) -> CaptureCounts {
        var counts = CaptureCounts()
        counts.keyless = count
        return counts
    }
}

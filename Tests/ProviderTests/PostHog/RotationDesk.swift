import Engine
import PostHogProvider
import PostHogSimulator
import Testing

/// An instance that mints its webhook secret, with a clock that stands still, and its PostHog.
struct RotationDesk {
    static let url = "https://hogsend.example/v1/webhooks/posthog"
    private static let bare = ["POSTHOG_WEBHOOK_SECRET": ""]

    let desk: PlanDesk
    private let plain: PlanDesk
    private let clock: Locked<Date>

    /// Opens one that is provisioned, unless told otherwise.
    static func open(
        _ seeds: [JSONValue] = [], provisions: Bool = true, signs: Bool = false,
        _ body: (RotationDesk) async throws -> Void
    ) async throws {
        try await PlanDesk.open(seeds) { plain in
            plain.simulator.switches.signsWebhooks = signs
            let clock = Locked(Date(timeIntervalSince1970: 1_800_000_000))
            let desk = try plain.restarted(bare, now: { clock.withLock { $0 } })
            if provisions { #expect(await desk.apply().status == 200) }
            try await body(RotationDesk(desk: desk, plain: plain, clock: clock))
        }
    }

    /// Another process on the same database.
    func other(
        _ changes: [String: String] = [:], client: any HTTPClient = CurlClient(),
        over database: (any Database)? = nil
    ) throws -> RotationDesk {
        let clock = clock
        let desk = try plain.restarted(
            Self.bare.merging(changes) { $1 }, client: client, over: database,
            now: { clock.withLock { $0 } })
        return RotationDesk(desk: desk, plain: plain, clock: clock)
    }

    func pass(_ seconds: Double) { clock.withLock { $0 += seconds } }

    @discardableResult
    func rotate(_ more: JSONValue = [:]) async -> (status: Int, json: JSONValue) {
        await desk.call(
            "POST", PlanDesk.provision, JSONValue.object(["rotateSecret": true]).merging(more))
    }

    var inputs: JSONValue? { desk.simulator.destinations.first?["inputs"] }

    /// What the destination sends now.
    var sent: String {
        inputs?["headers"]?["value"]?["x-posthog-webhook-secret"]?.string ?? ""
    }

    /// The status that a delivery with these headers gets.
    func deliver(_ headers: HTTPHeaders, body: Data? = nil) async -> Int {
        await desk.router.respond(
            to: ServerRequest(
                method: "POST", target: "/v1/webhooks/posthog", headers: headers,
                body: body ?? Self.delivery())
        ).status
    }

    func deliver(secret: String) async -> Int {
        await deliver(["x-posthog-webhook-secret": secret])
    }

    /// A delivery as the newest servers send it.
    func deliver(secret: String, signedWith signing: String) async -> Int {
        let (headers, body) = headers(secret: secret, signing)
        return await deliver(headers, body: body)
    }

    func headers(secret: String, _ signing: String) -> (headers: HTTPHeaders, body: Data) {
        let (body, now) = (Self.delivery(), clock.withLock { $0 })
        var headers: HTTPHeaders = ["x-posthog-webhook-secret": secret]
        let signature = WebhookSignature(secret: signing)
        for (name, value) in signature?.headers(over: body, at: now) ?? [] {
            headers.append(name, value)
        }
        return (headers, body)
    }

    private static func delivery() -> Data {
        let json: JSONValue = [
            "event": [
                "uuid": .string(UUID().uuidString), "event": "order", "distinct_id": "ada",
                "timestamp": "2026-01-02T03:04:05.678Z", "properties": ["$is_identified": true],
            ],
            "person": ["properties": [:]],
        ]
        return json.encoded()
    }

    /// What PostHog was told to sign with, in order.
    var signingSecrets: [String] {
        desk.simulator.journal.compactMap { call in
            let body = JSONValue(decoding: Data(call.body.utf8))
            return body?["inputs"]?["signing_secret"]?["value"]?.string
        }
    }

    func info() async -> JSONValue {
        await desk.call("GET", "/v1/admin/analytics/connect-info").json
    }
}

extension JSONValue {
    fileprivate func merging(_ more: JSONValue) -> JSONValue {
        .object((object ?? [:]).merging(more.object ?? [:]) { $1 })
    }
}

/// Lets so many writes of sealed rows through; whatever comes after the last one fails, as after a
/// crash.
struct CrashingDatabase: Database {
    let database: any Database
    let writes: Int
    private let done = Locked(0)

    init(database: any Database, writes: Int) {
        self.database = database
        self.writes = writes
    }

    /// Whether it came to the last one.
    var isCrashed: Bool { done.withLock { $0 >= writes } }
    var dialect: SQLDialect { database.dialect }

    func query(
        _ sql: String, _ parameters: [SQLValue]
    ) async throws(DatabaseError) -> [SQLRow] {
        try checkAlive()
        return try await database.query(sql, parameters)
    }

    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]] {
        try checkAlive()
        return try await database.transaction(statements)
    }

    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        try checkAlive()
        let rows = try await database.publish(statement)
        done.withLock { $0 += 1 }
        try checkAlive()
        return rows
    }

    func changes() async -> AsyncStream<Void> { await database.changes() }

    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        try await database.lock(name, lease: lease, patience: patience)
    }

    func close() async { await database.close() }

    private func checkAlive() throws(DatabaseError) {
        if isCrashed { throw .unavailable(reason: "a crash") }
    }
}

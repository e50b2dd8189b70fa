import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

/// Standard Webhooks beside the secret's header, where the server has it.
@Suite("Signed deliveries")
struct SigningTests {
    private static func protection(_ desk: RotationDesk) async -> JSONValue? {
        await desk.info()["protectedBy"]
    }

    @Test func `a signature is demanded from the first one on`() async throws {
        try await RotationDesk.open(signs: true) { desk in
            let signing = try #require(desk.signingSecrets.last)
            #expect(desk.inputs?["signing_secret"] == ["secret": true])
            #expect(await Self.protection(desk) == "secret_header")
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await desk.deliver(secret: desk.sent, signedWith: signing) == 200)
            #expect(await Self.protection(desk) == "signature")
            #expect(await desk.deliver(secret: desk.sent) == 401)
            let other = "whsec_" + Base64.encode(Random.bytes(32))
            #expect(await desk.deliver(secret: desk.sent, signedWith: other) == 401)
            #expect(await desk.deliver(secret: "wrong", signedWith: signing) == 401)
            #expect(await desk.deliver(secret: desk.sent, signedWith: signing) == 200)
            let answer = await desk.desk.apply()
            #expect(answer.json["action"] == "unchanged")
        }
    }

    @Test func `an old signature proves nothing`() async throws {
        try await RotationDesk.open(signs: true) { desk in
            let signing = try #require(desk.signingSecrets.last)
            #expect(await desk.deliver(secret: desk.sent, signedWith: signing) == 200)
            let late = try desk.other()
            let stale = desk.headers(secret: desk.sent, signing)
            #expect(await late.deliver(stale.headers, body: stale.body) == 200)
            desk.pass(301)
            #expect(await late.deliver(stale.headers, body: stale.body) == 401)
        }
    }

    @Test func `an older server drops the signing secret, and the header protects alone`()
        async throws
    {
        try await RotationDesk.open { desk in
            #expect(desk.signingSecrets.count == 1)
            #expect(desk.inputs?["signing_secret"] == nil)
            let signing = try #require(desk.signingSecrets.last)
            #expect(await desk.deliver(secret: desk.sent, signedWith: signing) == 200)
            #expect(await Self.protection(desk) == "secret_header")
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await desk.desk.apply().json["protectedBy"] == "secret_header")
            #expect(await desk.desk.plan().json["action"] == "unchanged")
        }
    }

    @Test func `a destination of an older template is not made to seem signed`() async throws {
        let old = DestinationSeed.compliant(url: RotationDesk.url, secret: "theirs")
        try await RotationDesk.open([old], signs: true) { desk in
            #expect(desk.signingSecrets.isEmpty)
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await desk.desk.plan().json["action"] == "unchanged")
        }
    }

    @Test func `a rotation replaces both secrets, and what was signed before counts for a while`()
        async throws
    {
        try await RotationDesk.open(signs: true) { desk in
            let (old, oldSigning) = (desk.sent, try #require(desk.signingSecrets.last))
            #expect(await desk.deliver(secret: old, signedWith: oldSigning) == 200)
            let answer = await desk.rotate()
            #expect(answer.status == 200 && answer.json["protectedBy"] == "signature")
            let (new, signing) = (desk.sent, try #require(desk.signingSecrets.last))
            #expect(new != old && signing != oldSigning)
            #expect(await desk.deliver(secret: new, signedWith: signing) == 200)
            #expect(await desk.deliver(secret: old, signedWith: oldSigning) == 200)
            #expect(await desk.deliver(secret: new) == 401)
            desk.pass(600)
            #expect(await desk.deliver(secret: old, signedWith: oldSigning) == 401)
            #expect(await desk.deliver(secret: new, signedWith: oldSigning) == 401)
            #expect(await desk.deliver(secret: new, signedWith: signing) == 200)
        }
    }

    @Test func `a crash after any call of a rotation leaves what is signed accepted`() async throws
    {
        var (calls, isCrashed) = (0, true)
        while isCrashed {
            calls += 1
            try await RotationDesk.open(signs: true) { desk in
                let first = try #require(desk.signingSecrets.last)
                #expect(await desk.deliver(secret: desk.sent, signedWith: first) == 200)
                let client = CrashingClient(client: CurlClient(), calls: calls)
                _ = await (try desk.other(client: client)).rotate()
                isCrashed = client.isCrashed
                let after = try desk.other()
                let held = try #require(desk.signingSecrets.last)
                #expect(await after.deliver(secret: after.sent, signedWith: held) == 200)
                #expect(await after.rotate().status == 200)
                let last = try #require(desk.signingSecrets.last)
                after.pass(86_400)
                #expect(await after.deliver(secret: after.sent, signedWith: last) == 200)
            }
        }
        #expect(calls > 4)
    }

    @Test func `a server that stops to sign is told, and the next run trusts the header again`()
        async throws
    {
        try await RotationDesk.open(signs: true) { desk in
            let signing = try #require(desk.signingSecrets.last)
            #expect(await desk.deliver(secret: desk.sent, signedWith: signing) == 200)
            #expect(await desk.desk.plan().json["action"] == "unchanged")
            #expect(await desk.deliver(secret: desk.sent) == 401)
            let drift = await desk.desk.call("GET", PlanDesk.drift)
            #expect(drift.json["drift"] == true)
            #expect(drift.json["changes"]?.array?.last?["field"] == "signature")
            #expect(await desk.info()["unsignedSince"]?.string != nil)
            #expect(await desk.desk.apply().json["protectedBy"] == "secret_header")
            #expect(await desk.info()["unsignedSince"] == nil)
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await desk.deliver(secret: desk.sent, signedWith: signing) == 200)
            #expect(await Self.protection(desk) == "signature")
        }
    }

    @Test func `a signing secret that was taken out is drift, and set again`() async throws {
        try await RotationDesk.open(signs: true) { desk in
            let id = try #require(desk.desk.enabled.first)
            var inputs = desk.inputs?.object ?? [:]
            let schema = desk.desk.simulator.destinations.first?["inputs_schema"]?.array ?? []
            inputs["signing_secret"] = nil
            let bare = schema.filter { $0["key"] != "signing_secret" }
            try await desk.desk.edit(
                id, ["inputs_schema": .array(bare), "inputs": .object(inputs)])
            try await desk.desk.edit(id, ["inputs_schema": .array(schema)])
            let plan = await desk.desk.plan()
            #expect(plan.json["changes"]?.array?.map { $0["field"] } == ["signing_secret"])
            #expect(await desk.desk.apply().status == 200)
            #expect(desk.inputs?["signing_secret"] == ["secret": true])
            #expect(await desk.desk.plan().json["action"] == "unchanged")
        }
    }

    @Test func `a signing secret that does not read back is an error, and demands nothing`()
        async throws
    {
        try await RotationDesk.open(provisions: false, signs: true) { desk in
            let answer = await (try desk.other(client: ForgetfulClient())).desk.apply()
            #expect(answer.status == 502)
            #expect(answer.json["detail"]?.string?.contains("signing_secret") == true)
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await Self.protection(desk) == "secret_header")
            #expect(await desk.desk.apply().status == 200)
        }
    }

    @Test func `with a secret in the environment the header protects alone`() async throws {
        try await PlanDesk.open { desk in
            desk.simulator.switches.signsWebhooks = true
            #expect(await desk.apply().json["protectedBy"] == "secret_header")
            #expect(desk.simulator.destinations.first?["inputs"]?["signing_secret"] == .null)
            #expect(await desk.plan().json["action"] == "unchanged")
        }
    }

    @Test func `no secret of either kind is shown`() async throws {
        try await RotationDesk.open(signs: true) { desk in
            _ = await desk.rotate()
            let secrets = desk.signingSecrets + [desk.sent]
            for answer in [
                await desk.rotate().json, await desk.desk.plan().json, await desk.info(),
            ] {
                let text = String(decoding: answer.encoded(), as: UTF8.self)
                for secret in secrets { #expect(!text.contains(secret)) }
            }
        }
    }
}

/// A PostHog whose answers have lost the signing secret.
private struct ForgetfulClient: HTTPClient {
    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        var response = try await CurlClient().send(request)
        let text = String(decoding: response.body, as: UTF8.self)
        response.body = Data(
            text.replacing(#""signing_secret":{"secret":true}"#, with: #""signing_secret":null"#)
                .utf8)
        return response
    }
}

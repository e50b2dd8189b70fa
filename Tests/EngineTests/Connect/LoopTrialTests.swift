import Engine
import Testing

@Suite("Trying the loop", .serialized)
struct LoopTrialTests {
    private static let path = "https://hogsend.example/v1/admin/providers/acme/verify"
    private static let proven: JSONValue = [
        "attempted": true, "ok": true, "milliseconds": 412, "note": nil,
    ]

    private static func journey(_ answer: ScriptedInstance.Answer) -> (Journey, ScriptedInstance) {
        let instance = ScriptedInstance(post: [
            .success(.json(ScriptedInstance.provisioned)), answer,
        ])
        var journey = Journey(instance)
        journey.options.skipsProof = false
        return (journey, instance)
    }

    @Test func `after provisioning the instance is asked for it`() async throws {
        var (journey, instance) = Self.journey(.success(.json(Self.proven)))
        journey.options.project = "w1"
        let outcome = try await journey.run()
        #expect(outcome.verdict == .connected && outcome.json["loop"] == Self.proven)
        #expect(instance.bodies("POST") == [["projectId": "w1"], ["projectId": "w1"]])
        #expect(journey.steps.last == "+ POST \(Self.path)")
        let last = journey.events.withLock { $0.last }
        #expect(last == .tried(.proven(milliseconds: 412, note: nil)))
    }

    @Test func `also with provisioning alone`() async throws {
        var (journey, _) = Self.journey(.success(.json(Self.proven)))
        journey.options.provisionOnly = true
        journey.options.host = nil
        #expect(try await journey.run().json["loop"] == Self.proven)
    }

    @Test(
        arguments: [
            (
                .success(.json(["attempted": true, "ok": false, "lost": "slow", "error": "e"])),
                "slow"
            ),
            (ProvisioningTests.refused(409, "no_acme_credential"), "instance_failed"),
            (ProvisioningTests.refused(401, "Unauthorized"), "instance_failed"),
            (.success(HTTPResponse(status: 500)), "instance_failed"),
            (.success(HTTPResponse(status: 200, body: Data("<html>".utf8))), "instance_failed"),
            (.success(.json(ScriptedInstance.provisioned)), "instance_failed"),
            (.failure(.unreachable(host: "h", reason: "r")), "instance_failed"),
            (.failure(.answerUnknown(host: "h", reason: "r")), "instance_failed"),
        ] as [(ScriptedInstance.Answer, String)])
    func `one that is lost fails nothing`(
        answer: ScriptedInstance.Answer, place: String
    ) async throws {
        let (journey, instance) = Self.journey(answer)
        let outcome = try await journey.run()
        #expect(outcome.verdict == .connected && outcome.json["provision"]?["ok"] == true)
        let loop = try #require(outcome.json["loop"]?.object)
        #expect(Set(loop.keys) == ["attempted", "ok", "lost", "error", "hint"])
        #expect(loop["attempted"] == true && loop["ok"] == false)
        #expect(loop["lost"] == .string(place) && loop["error"]?.string?.isEmpty == false)
        #expect(journey.steps.last == "- POST \(Self.path)")
        #expect(instance.bodies("POST").count == 2, "nothing is tried twice")
    }

    @Test func `an instance that does not know how is no failure`() async throws {
        let (journey, _) = Self.journey(ProvisioningTests.refused(404, "not_found"))
        let outcome = try await journey.run()
        #expect(outcome.json["loop"] == ["attempted": false, "skipped": "not_supported"])
    }

    @Test func `without provisioning there is nothing to try`() async throws {
        var (journey, instance) = Self.journey(.success(.json(Self.proven)))
        journey.options.skipsProvisioning = true
        let outcome = try await journey.run()
        #expect(outcome.json["loop"] == ["attempted": false, "skipped": "not_provisioned"])
        #expect(instance.bodies("POST").isEmpty)
    }

    @Test func `a user who stops it has a stored credential`() async throws {
        let (journey, _) = Self.journey(.failure(.cancelled))
        let error = await journey.refusal()
        #expect(error?.verdict == .interrupted && error?.isCredentialStored == true)
    }

    @Test func `a real instance and a real service agree`() async throws {
        try await VerifyRouteTests.open { desk, secret in
            VerifyRouteTests.deliver(to: desk, secret, by: desk.service)
            var journey = ProvisioningTests.provisionOnly(DeskClient(desk: desk))
            journey.options.skipsProof = false
            let outcome = try await journey.run()
            #expect(outcome.json["loop"]?["ok"] == true)
        }
    }
}

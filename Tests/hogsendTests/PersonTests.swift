import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("hogsend posthog person") struct PersonTests {
        private static let conditions = "/v1/admin/analytics/conditions/evaluate"

        private func path(_ id: String) -> String {
            "/v1/admin/analytics/persons/\(FormURLEncoding.escape(id))"
        }

        private func nudge(_ doctor: Program.Ended) -> JSONValue? {
            doctor.document?["checks"]?.array?.first { $0["id"] == "posthog.credential" }
        }

        @Test func `reads go live with the credential and the nudge goes quiet`() async throws {
            try await Stage.set { stage in
                stage.posthog.keepPerson(
                    "ada+1@x", ["plan": "pro", "$geoip_time_zone": "Europe/Berlin"])
                let before = try await stage.client.run("posthog", "person", "ada+1@x", "--json")
                #expect(before.status == 1 && before.document?["verdict"] == "no_credential")
                let degraded = try await stage.client.call("GET", path("ada+1@x"))
                #expect(degraded.status == 200 && degraded.json["source"] == "none")
                let sick = nudge(try await stage.client.run("doctor", "--json"))
                #expect(sick?["status"] == "attention")
                #expect(sick?["message"]?.string?.contains("person reads") == true)

                _ = try await stage.client.connect("--json")
                let shown = try await stage.client.run("posthog", "person", "ada+1@x", "--json")
                #expect(shown.status == 0 && shown.document?["source"] == "oauth")
                #expect(shown.document?["person"]?["properties"]?["plan"] == "pro")
                #expect(
                    shown.document?["timezone"] == [
                        "name": "Europe/Berlin", "source": "$geoip_time_zone", "warnings": [],
                    ])
                let text = try await stage.client.run("posthog", "person", "ada+1@x")
                #expect(text.output.contains("timezone: Europe/Berlin ($geoip_time_zone)"))
                #expect(text.output.contains("  plan: pro"))
                let nobody = try await stage.client.run("posthog", "person", "nobody", "--json")
                #expect(nobody.status == 0 && nobody.document?["found"] == false)
                let well = nudge(try await stage.client.run("doctor", "--json"))
                #expect(well?["status"] == "ok")
                #expect(stage.posthog.violations == [])
                for ended in [before, shown, text, nobody] {
                    #expect(!"\(ended.output)\(ended.errors)".contains("pha_"))
                }
            }
        }

        @Test func `conditions are held against the live profile`() async throws {
            try await Stage.set { stage in
                stage.posthog.keepPerson("ada", ["plan": "pro", "seats": 12])
                _ = try await stage.client.connect("--json")
                let body: JSONValue = [
                    "distinctId": "ada",
                    "conditions": [
                        "all": [
                            ["property": "plan", "operator": "eq", "value": "pro"],
                            ["property": "seats", "operator": "gt", "value": "9"],
                        ]
                    ],
                ]
                let answer = try await stage.client.call("POST", Self.conditions, body)
                #expect(answer.status == 200 && answer.json["matches"] == true)
                let bad = try await stage.client.call(
                    "POST", Self.conditions, ["distinctId": "ada", "conditions": ["all": []]])
                #expect(bad.status == 400 && bad.json["error"] == "invalid_condition")
                let open = try await stage.client.call(
                    "POST", Self.conditions, body, headers: ["Authorization": "Bearer wrong"])
                #expect(open.status == 401)
            }
        }

        @Test func `a token that PostHog has ended is renewed under way`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.accessTokenLifetime = 3600
                stage.posthog.keepPerson("ada", ["plan": "pro"])
                _ = try await stage.client.connect("--json")
                // To the instance, whose clock stays, the token is still good.
                stage.posthog.switches.clockOffset = 7200
                let shown = try await stage.client.call("GET", path("ada"))
                #expect(shown.status == 200 && shown.json["found"] == true)
                #expect(
                    stage.posthog.journal.filter { $0.path.hasSuffix("/persons/") }.map(\.status)
                        == [401, 200])
            }
        }

        @Test func `a scope that PostHog took back is a feature that is missing`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.grantedScopes = ["project:read", "hog_function:write"]
                let connected = try await stage.client.connect("--json")
                #expect(connected.document?["missingFeatures"] == ["person reads"])
                #expect(
                    connected.errors.contains("person reads will not work")
                        || connected.document?["notes"]?.array?.isEmpty == false)
                let person = try await stage.client.run("posthog", "person", "ada", "--json")
                #expect(person.status == 1 && person.document?["verdict"] == "missing_scope")
                #expect(person.document?["hint"]?.string?.contains("hogsend connect") == true)
                let doctor = try await stage.client.run("doctor")
                #expect(doctor.output.contains("so person reads will not work"))
                let show = try await stage.client.run("credentials", "show", "posthog")
                #expect(show.output.contains("missingFeatures: person reads"))
                let reads = stage.posthog.journal.filter { $0.path.hasSuffix("/persons/") }
                #expect(reads.map(\.status) == [403])
                #expect(!stage.posthog.journal.contains { $0.body.contains("refresh_token=") })
            }
        }

        @Test func `a server without OAuth is served whole by a personal key`() async throws {
            try await Stage.set { stage in
                stage.posthog.add(.discoveryHTML)
                let ended = try await stage.client.connect("--json")
                #expect(ended.document?["verdict"] == "oauth_unsupported")
                let hint = ended.document?["hint"]?.string ?? ""
                #expect(
                    hint.contains(
                        "person:read project:read hog_function:read hog_function:write"))
                let scopes = hint.split { $0 == " " || $0 == "," }.map(String.init)
                    .filter { $0.hasSuffix(":read") || $0.hasSuffix(":write") }
                try await whole(stage.posthog, scopes: scopes)
            }
        }

        /// What the hint told to do, done on another instance of the same PostHog.
        private func whole(_ posthog: PostHogSimulator, scopes: [String]) async throws {
            posthog.switches.personalKeys = [
                .init(key: "phx_marked_key", scopes: scopes, scopedTeams: [12_345])
            ]
            posthog.keepPerson("ada", ["$timezone": "Asia/Tokyo"])
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let instance = try await RunningInstance(
                [
                    "POSTHOG_PERSONAL_API_KEY": "phx_marked_key", "POSTHOG_PROJECT_ID": "12345",
                    "POSTHOG_PRIVATE_HOST": posthog.origin.absoluteString,
                ], folder: folder)
            let client = StageClient(url: instance.url, folder: folder, posthog: posthog)
            let early = try await client.run("posthog", "person", "ada", "--json")
            #expect(early.document?["source"] == "personal_key")
            let provisioned = try await client.run(
                "connect", "posthog", "--provision-only", "--json")
            #expect(provisioned.document?["provision"]?["created"] == true)
            let person = try await client.run("posthog", "person", "ada", "--json")
            #expect(person.document?["timezone"]?["name"] == "Asia/Tokyo")
            let doctor = try await client.run("doctor", "--json")
            #expect(doctor.status == 0, "\(doctor.output)")
            #expect(posthog.violations == [])
            let stopped = await instance.stop()
            for ended in [early, provisioned, person, doctor, stopped] {
                #expect(!"\(ended.output)\(ended.errors)".contains("phx_"))
            }
        }

        @Test func `a personal key without the scope is told which ones it needs`() async throws {
            let posthog = try await PostHogSimulator.start()
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            posthog.switches.personalKeys = [.init(key: "phx_poor", scopes: ["project:read"])]
            let instance = try await RunningInstance(
                [
                    "POSTHOG_PERSONAL_API_KEY": "phx_poor", "POSTHOG_PROJECT_ID": "12345",
                    "POSTHOG_PRIVATE_HOST": posthog.origin.absoluteString,
                ], folder: folder)
            let client = StageClient(url: instance.url, folder: folder, posthog: posthog)
            let refused = try await client.run("posthog", "person", "ada", "--json")
            #expect(refused.document?["verdict"] == "missing_scope")
            let doctor = try await client.run("doctor")
            #expect(doctor.output.contains("so person reads will not work"))
            #expect(doctor.output.contains("person:read project:read hog_function:read"))
            _ = await instance.stop()
            await posthog.stop()
        }

        @Test func `a verb of a provider has help and bounds like any other`() async throws {
            func run(_ words: String...) async throws -> Program.Ended {
                try await Program(name: "hogsend", arguments: words).run()
            }
            #expect(try await run().output.contains("posthog person <distinct-id>"))
            let help = try await run("posthog", "person", "--help")
            #expect(help.status == 0 && help.output.contains("--timezone ZONE"))
            for words in [["posthog"], ["posthog", "person"], ["posthog", "person", "a", "b"]] {
                #expect(try await Program(name: "hogsend", arguments: words).run().status == 2)
            }
        }
    }
}

import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("hogsend events") struct EventsTests {
        static let secret = ["POSTHOG_WEBHOOK_SECRET": "s3cret"]

        static func deliver(_ id: String, user: String = "ada", to client: StageClient) async throws
        {
            let answer = try await client.call(
                "POST", "/v1/webhooks/posthog",
                [
                    "event": [
                        "uuid": .string(id), "event": "order", "distinct_id": .string(user),
                        "timestamp": "2026-01-02T03:04:05.678Z",
                        "properties": ["$is_identified": true],
                    ],
                    "person": ["properties": [:]],
                ], headers: ["x-posthog-webhook-secret": "s3cret", "Authorization": "none"])
            #expect(answer.status == 200)
        }

        @Test func `tail prints what arrives, also after the instance was away, until Ctrl-C`()
            async throws
        {
            let posthog = try await PostHogSimulator.start()
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let first = try await RunningInstance(Self.secret, folder: folder)
            let client = StageClient(url: first.url, folder: folder, posthog: posthog)
            try await Self.deliver("before", to: client)
            let tail = try client.program(["events", "tail", "--json"]).start()
            try await tail.wait { $0.errors.contains("waiting for events") ? () : nil }
            try await Self.repeatUntilSeen(tail, "1", client)
            _ = await first.stop()
            try await tail.wait { $0.errors.contains("trying again") ? () : nil }
            let second = try await RunningInstance(
                Self.secret.merging(["PORT": "\(first.port)"]) { $1 }, folder: folder)
            try await Self.deliver("2", to: client)
            try await tail.wait(within: .seconds(30)) {
                $0.output.contains(#""id":"2""#) ? () : nil
            }
            tail.signal(SIGINT)
            let ended = await tail.end(within: .seconds(5))
            #expect(ended.status == 130)
            let ids = ended.output.split(separator: "\n").map {
                JSONValue(decoding: Data($0.utf8))?["id"]?.string
            }
            #expect(Set(ids).count == ids.count && ids.last == "2" && !ids.contains("before"))
            await posthog.stop()
            #expect(await second.stop().status == 0)
        }

        /// The stream begins some time after the program has said that it waits.
        private static func repeatUntilSeen(
            _ tail: RunningProgram, _ prefix: String, _ client: StageClient
        ) async throws {
            for number in 0..<200 where !tail.output.contains("\"id\":\"\(prefix)-") {
                try await deliver("\(prefix)-\(number)", to: client)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(tail.output.contains("\"id\":\"\(prefix)-"))
        }

        @Test func `an event with odd numbers is listed and followed with every digit`()
            async throws
        {
            try await Stage.set(Self.secret) { stage in
                let tail = try stage.client.program(["events", "tail", "--json"]).start()
                try await Self.repeatUntilSeen(tail, "1", stage.client)
                let odd = #"{"$is_identified":true,"a":1e400,"b":12345678901234567890,"c":0.1000}"#
                let address = try #require(URL(string: stage.client.url + "/v1/webhooks/posthog"))
                var request = HTTPRequest(
                    "POST", address, headers: ["x-posthog-webhook-secret": "s3cret"])
                request.body = Data(
                    #"""
                    {"event":{"uuid":"odd","event":"order","distinct_id":"eve",
                    "timestamp":"2026-01-02T03:04:05.678Z","properties":\#(odd)}}
                    """#.utf8)
                #expect(try await CurlClient().send(request).status == 200)
                try await tail.wait { $0.output.contains(odd) ? () : nil }
                tail.signal(SIGINT)
                #expect(await tail.end(within: .seconds(5)).status == 130)
                let list = try await stage.client.run("events", "list", "--json")
                #expect(list.status == 0 && list.output.contains("\"properties\":\(odd)"))
                #expect(list.output.split(separator: "\n").count == 1)
                let lines = try await stage.client.run("events", "list", "--user", "eve")
                #expect(lines.output == "2026-01-02T03:04:05.678Z  order  eve\n")
            }
        }

        @Test func `tail ends when nobody reads it any more`() async throws {
            try await Stage.set(Self.secret) { stage in
                let command =
                    #""$0" events tail --json --url "$1" | head -1; echo ${PIPESTATUS[0]}"#
                let piped = try Program(
                    name: "/bin/bash",
                    arguments: ["-c", command, Program.path("hogsend"), stage.client.url],
                    environment: ["HOGSEND_ADMIN_KEY": Stage.adminKey],
                    folder: stage.client.folder.path
                ).start()
                try await Self.repeatUntilSeen(piped, "1", stage.client)
                let ended = await piped.end(within: .seconds(10))
                #expect(ended.status == 0 && ended.output.hasSuffix("\n141\n"))
                #expect(!ended.errors.contains("error"))
            }
        }

        @Test func `delete asks as disconnect does`() async throws {
            try await Stage.set(Self.secret) { stage in
                try await Self.deliver("1", to: stage.client)
                for (answer, shown, status) in [
                    ("maybe\nn\n", "nothing was done", Int32(1)), ("\u{4}", "interrupted", 130),
                    ("y\n", "1 event was removed", 0),
                ] {
                    let terminal = try Terminal(
                        stage.client.program(["events", "delete", "--user", "ada"]))
                    try await terminal.wait(for: "for good? [y/N]: ")
                    terminal.type(answer)
                    try await terminal.wait(for: shown)
                    #expect(await terminal.end() == status)
                }
            }
        }

        @Test func `tail of an instance that is not there, or with a wrong key, ends at once`()
            async throws
        {
            try await Stage.set { stage in
                var client = stage.client
                client.adminKey = "wrong"
                let refused = try await client.run("events", "tail")
                #expect(refused.status == 1 && refused.errors.contains("admin key"))
                client.adminKey = Stage.adminKey
                let away = try await Program(
                    name: "hogsend",
                    arguments: ["events", "tail", "--url", "http://127.0.0.1:1", "--json"],
                    environment: ["HOGSEND_ADMIN_KEY": "x"]
                ).run()
                #expect(away.status == 1)
                #expect(away.document?["verdict"] == "instance_unreachable")
            }
        }

        @Test func `list narrows, and delete removes one person's events when told to`()
            async throws
        {
            try await Stage.set(Self.secret) { stage in
                for (id, user) in [("1", "ada"), ("2", "bob"), ("3", "ada")] {
                    try await Self.deliver(id, user: user, to: stage.client)
                }
                let list = try await stage.client.run(
                    "events", "list", "--user", "bob", "--event", "order", "--provider", "posthog",
                    "--since", "2026-01-02T00:00:00Z", "--until", "2026-01-03T00:00:00Z", "--json")
                #expect(list.document?["total"] == 1)
                #expect(list.document?["events"]?.array?.first?["id"] == "2")
                let odd = try await stage.client.run("events", "list", "--since", "yesterday")
                #expect(odd.status == 2)
                let unsure = try await stage.client.run("events", "delete", "--user", "ada")
                #expect(unsure.status == 2 && unsure.errors.contains("--yes"))
                let nobody = try await stage.client.run("events", "delete", "--yes")
                #expect(nobody.status == 2)
                let removed = try await stage.client.run(
                    "events", "delete", "--user", "ada", "--yes", "--json")
                #expect(removed.status == 0 && removed.document?["deleted"] == 2)
                let left = try await stage.client.run("events", "list", "--json")
                #expect(left.document?["total"] == 1)
            }
        }

        @Test func `old events are removed, and a number of days that is none is refused`()
            async throws
        {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let posthog = try await PostHogSimulator.start()
            let first = try await RunningInstance(Self.secret, folder: folder)
            try await Self.deliver(
                "1", to: StageClient(url: first.url, folder: folder, posthog: posthog))
            _ = await first.stop()
            let database = try await SQLiteDatabase(path: "\(folder.path)/data/hogsend.db")
            try await database.query("UPDATE hogsend_events SET received_at = '2020-01-01'")
            try await database.query("INSERT INTO hogsend_event_consumers VALUES ('mailer', 0, '')")
            await database.close()
            let second = try await RunningInstance(
                Self.secret.merging(["EVENTS_RETENTION_DAYS": "30"]) { $1 }, folder: folder)
            try await second.program.wait { $0.errors.contains("events_passed_over") ? () : nil }
            #expect(second.program.errors.contains(#""sink":"mailer","count":1"#))
            #expect(second.program.errors.contains("events_removed"))
            #expect(await second.stop().status == 0)
            for days in ["0", "-1", "x", "1.5"] {
                let ended = try await Program(
                    name: "hogsend", arguments: ["serve"],
                    environment: [
                        "EVENTS_RETENTION_DAYS": days, "HOGSEND_DATA_DIR": "\(folder.path)/data",
                        "PORT": "0",
                    ]
                ).run()
                #expect(ended.status == 1 && ended.errors.contains("EVENTS_RETENTION_DAYS"))
            }
            await posthog.stop()
        }
    }
}

import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("the secret is changed") struct KeyRotationTests {
        private static let grant: JSONValue = [
            "accessToken": "pha_hunter2", "refreshToken": "phr_hunter2",
            "expiresAt": "2030-01-02T03:04:05.678Z", "clientId": "c",
            "tokenEndpoint": "https://eu.posthog.com/oauth/token/", "scopes": ["query:read"],
        ]
        private static let path = "/v1/admin/provider-credentials/posthog"

        /// An instance of this folder under the given secrets, and its client, for as long as `body`.
        private func serve(
            _ secrets: [String: String], in folder: TemporaryFolder,
            _ body: (StageClient) async throws -> Void
        ) async throws {
            let posthog = try await PostHogSimulator.start()
            let instance = try await RunningInstance(secrets, folder: folder)
            do {
                try await body(StageClient(url: instance.url, folder: folder, posthog: posthog))
            } catch {
                await posthog.stop()
                _ = await instance.stop()
                throw error
            }
            await posthog.stop()
            let ended = await instance.stop()
            #expect(ended.status == 0 && !ended.errors.contains("hunter2"))
        }

        /// A command beside the instance, which has no admin key.
        private func beside(
            _ words: [String], _ secrets: [String: String], in folder: TemporaryFolder
        ) async throws -> Program.Ended {
            let environment = ["HOGSEND_DATA_DIR": "\(folder.path)/data", "HOME": folder.path]
            let ended = try await Program(
                name: "hogsend", arguments: ["credentials"] + words + ["--json"],
                environment: environment.merging(secrets) { $1 }, folder: folder.path
            ).run()
            #expect(!(ended.output + ended.errors).contains("hunter2"))
            return ended
        }

        private func keys(
            _ secrets: [String: String], in folder: TemporaryFolder
        ) async throws -> [String] {
            let ended = try await beside(["keys"], secrets, in: folder)
            return (ended.document?["keys"]?.array ?? []).map { entry in
                "\(entry["standing"]?.string ?? "") \(entry["rows"]?.integer ?? -1)"
            }
        }

        @Test func `rows move to the new one while it runs, and the old one can go`() async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let old = ["BETTER_AUTH_SECRET": "hunter2-a-\(Random.token())"]
            let new = ["BETTER_AUTH_SECRET": "hunter2-b-\(Random.token())"]
            let both = new.merging(["BETTER_AUTH_SECRET_PREVIOUS": old.values.joined()]) { $1 }
            var oldKey: JSONValue = nil
            try await serve(old, in: folder) { client in
                let put = try await client.call(
                    "PUT", Self.path, ["kind": "oauth", "payload": Self.grant])
                #expect(put.status == 200)
                oldKey = put.json["keyId"] ?? .null
            }
            let id = try #require(oldKey.string)

            try await serve(new, in: folder) { client in
                let shown = try await client.run("credentials", "show", "posthog", "--json")
                #expect(shown.status == 1)
                #expect(shown.document?["verdict"] == "credential_undecryptable")
                #expect(shown.document?["error"]?.string?.contains("the key '\(id)'") == true)
                let listed = try await client.run("credentials", "list")
                #expect(listed.output.contains("undecryptable") && listed.output.contains(id))
                let refused = try await beside(["rewrap"], new, in: folder)
                #expect(refused.status == 1)
                #expect(refused.document?["verdict"] == "rows_undecryptable")
                #expect(refused.document?["undecryptable"]?.array?.first?["keyId"] == oldKey)
                #expect(refused.document?["hint"]?.string?.contains(id) == true)
            }

            try await serve(both, in: folder) { client in
                let before = try await client.run("credentials", "show", "posthog", "--json")
                #expect(before.status == 0)
                #expect(before.document?["credential"]?["keyId"] == oldKey)
                #expect(try await keys(both, in: folder) == ["current 0", "previous 1"])
                let dry = try await beside(["rewrap", "--dry-run"], both, in: folder)
                #expect(dry.status == 3 && dry.document?["toRewrap"] == 1)
                let done = try await beside(["rewrap"], both, in: folder)
                #expect(done.status == 0 && done.document?["rewrapped"] == 1)
                #expect(try await keys(both, in: folder) == ["current 1", "previous 0"])
                let again = try await beside(["rewrap", "--dry-run"], both, in: folder)
                #expect(again.status == 0 && again.document?["verdict"] == "nothing_to_do")
                let after = try await client.run("credentials", "show", "posthog", "--json")
                #expect(
                    after.document?["credential"]?["updatedAt"]
                        == before.document?["credential"]?["updatedAt"])
            }

            try await serve(new, in: folder) { client in
                let shown = try await client.run("credentials", "show", "posthog")
                #expect(shown.status == 0)
            }
            try await serve(old, in: folder) { client in
                let shown = try await client.run("credentials", "show", "posthog")
                #expect(shown.status == 1 && shown.errors.contains("sealed with the key"))
                let deleted = try await client.run("credentials", "delete", "posthog")
                #expect(deleted.status == 0)
                let left = try await client.run("credentials", "list")
                #expect(!left.output.contains(id) && !left.output.contains("undecryptable"))
            }
        }

        @Test func `a table shows every column, and a dash for what is not known`() async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let secrets = ["BETTER_AUTH_SECRET": "hunter2-a-\(Random.token())"]
            try await serve(secrets, in: folder) { client in
                _ = try await client.call(
                    "PUT", Self.path, ["kind": "oauth", "payload": Self.grant])
                let listed = try await client.run("credentials", "list").output
                let lines = listed.split(separator: "\n").map(String.init)
                let titles = [
                    "PROVIDER", "KIND", "STATUS", "SCOPES", "GAP", "EXPIRES", "LAST REFRESH",
                    "NEXT ATTEMPT", "KEY", "CREATED", "UPDATED",
                ]
                let starts = titles.compactMap { lines.first?.range(of: $0)?.lowerBound }
                #expect(starts.count == titles.count && starts == starts.sorted())
                let stored = lines.filter { $0.hasPrefix("posthog   oauth") }
                #expect(stored.count == 1)
                #expect(stored.first?.contains("2030-01-02T03:04:05.678Z") == true)
                let shown = try await client.run("credentials", "show", "posthog").output
                #expect(shown.contains("scopes: query:read\n"))
                #expect(shown.contains("lastRefreshAt: –\n") && shown.contains("keyId: "))
            }
        }
    }
}

import Engine
import Foundation
import Testing

extension BinaryTests {
    @Suite("hogsend serve") struct ServeTests {
        private func serve(_ environment: [String: String]) async throws -> Program.Ended {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            var variables = environment
            variables["PORT"] = variables["PORT"] ?? "0"
            variables["HOME"] = folder.path
            return try await Program(
                name: "hogsend", arguments: ["serve", "--json"], environment: variables,
                folder: folder.path
            ).run(within: .seconds(5))
        }

        @Test(arguments: [
            ["HOST": "0.0.0.0"], ["HOST": "::0"], ["HOST": "0:0:0:0:0:0:0:0"],
            ["API_PUBLIC_URL": "https://hogsend.example"],
            ["HOST": "0.0.0.0", "ADMIN_API_KEY": "given"],
            ["API_PUBLIC_URL": "https://hogsend.example", "BETTER_AUTH_SECRET": "given"],
            ["DATABASE_URL": "postgres://127.0.0.1:9/hogsend"],
        ])
        func `it refuses to start without keys where others reach it`(
            environment: [String: String]
        ) async throws {
            let ended = try await serve(environment)
            #expect(ended.status == 1)
            #expect(ended.document?["verdict"] == "invalid_configuration")
            #expect(ended.document?["hint"]?.string?.contains("set ") == true)
        }

        @Test(arguments: [
            ["PORT": "http"], ["HOST": "example.com"], ["API_PUBLIC_URL": "hogsend.example"],
            ["DATABASE_URL": "mysql://ada:hunter2@db/hogsend"],
            ["POSTHOG_HOST": "not an address"], ["POSTHOG_WEBHOOK_SECRET": "with {braces}"],
        ])
        func `it refuses a variable that it cannot use, without repeating it`(
            environment: [String: String]
        ) async throws {
            let ended = try await serve(environment)
            #expect(ended.status == 1)
            #expect(ended.document?["verdict"] == "invalid_configuration")
            let everything = ended.output + ended.errors
            #expect(!everything.contains("hunter2") && !everything.contains("braces"))
        }

        @Test func `a local instance makes its keys once, and its owner's client finds them`()
            async throws
        {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let local = ["ADMIN_API_KEY": "", "BETTER_AUTH_SECRET": "", "API_PUBLIC_URL": ""]
            for _ in 0..<2 {
                let instance = try await RunningInstance(local, folder: folder)
                var client = Program(
                    name: "hogsend", arguments: ["credentials", "list", "--url", instance.url],
                    environment: ["HOGSEND_DATA_DIR": "\(folder.path)/data"], folder: folder.path)
                #expect(try await client.run().status == 0)
                client.environment = ["HOME": folder.path]
                #expect(try await client.run().status == 1, "another folder, no key")
                _ = await instance.stop()
            }
            for name in ["admin-key", "auth-secret", "hogsend.db"] {
                let path = "\(folder.path)/data/\(name)"
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
        }

        @Test func `its own key is not sent to another machine`() async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let data = DataFolder(Environment(["HOGSEND_DATA_DIR": "\(folder.path)/data"]))
            try data.create()
            _ = try data.keyMakingOne(.admin)
            for url in ["https://hogsend.invalid", "http://127.0.0.1.hogsend.invalid"] {
                let ended = try await Program(
                    name: "hogsend", arguments: ["credentials", "list", "--json", "--url", url],
                    environment: ["HOGSEND_DATA_DIR": data.path], folder: folder.path
                ).run()
                #expect(ended.document?["verdict"] == "unauthorized")
                #expect(ended.document?["error"]?.string?.contains("no admin key is given") == true)
            }
        }

        @Test func `a key file that others may read is not used`() async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let data = "\(folder.path)/data"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            let made = FileManager.default.createFile(
                atPath: "\(data)/admin-key", contents: Data("k".utf8),
                attributes: [.posixPermissions: 0o644])
            #expect(made)
            let ended = try await serve(["HOGSEND_DATA_DIR": data])
            #expect(ended.status == 1)
            #expect(ended.document?["verdict"] == "invalid_configuration")
        }

        @Test func `a second instance on the port is refused, and the first goes on`() async throws
        {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let first = try await RunningInstance(folder: folder)
            let ended = try await serve(["PORT": "\(first.port)"])
            #expect(ended.status == 1)
            #expect(ended.document?["hint"]?.string?.contains("free the port") == true)
            #expect(await first.stop().status == 0)
        }

        @Test func `it writes one line of JSON for each request, with the route and no path`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.call("GET", "/v1/admin/events?userId=ada")
                _ = try await stage.client.call("GET", "/phx_secret")
                let lines = try await stage.instance.program.wait { program -> [JSONValue]? in
                    let lines = program.errors.split(separator: "\n")
                        .compactMap { JSONValue(decoding: Data($0.utf8)) }
                        .filter { $0["event"] == "request" }
                    return lines.count == 2 ? lines : nil
                }
                #expect(lines.map { $0["status"] } == [200, 404])
                #expect(lines.map { $0["route"] } == ["/v1/admin/events", "none"])
                #expect(!stage.instance.program.errors.contains("phx_secret"))
            }
        }

        @Test func `a restart keeps credentials and events`() async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let payload: JSONValue = [
                "accessToken": "pha_a", "refreshToken": "phr_a",
                "expiresAt": "2030-01-01T00:00:00.000Z",
                "tokenEndpoint": "https://eu.posthog.com/oauth/token/", "clientId": "c",
                "scopes": ["person:read"], "scopedTeams": [1],
            ]
            for round in 0..<2 {
                let instance = try await RunningInstance(folder: folder)
                let address = try #require(
                    URL(string: instance.url + "/v1/admin/provider-credentials/posthog"))
                let headers: HTTPHeaders = ["Authorization": "Bearer \(Stage.adminKey)"]
                let put = HTTPRequest(
                    "PUT", address, headers: headers,
                    body: (["kind": "oauth", "payload": payload] as JSONValue).encoded())
                let request = round == 0 ? put : HTTPRequest("GET", address, headers: headers)
                let response = try await CurlClient().send(request)
                #expect(response.status == 200)
                #expect(JSONValue(decoding: response.body)?["scopedTeams"] == [1])
                #expect(!String(decoding: response.body, as: UTF8.self).contains("pha_"))
                #expect(await instance.stop().status == 0)
            }
        }
    }
}

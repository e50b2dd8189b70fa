import Engine
import Foundation
import ProviderKit
import Testing

extension BinaryTests {
    @Suite("a proxy in the environment") struct ProxyTests {
        private static let remote = "https://as.example"
        private static let everything = [
            "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
        ]

        private func visit(
            _ body: (SecureStage, NetworkPeer) async throws -> Void
        ) async throws {
            try await SecureStage.set { stage in
                let instance = try #require(URL(string: stage.client.url)?.port)
                let proxy = try await NetworkPeer.start(
                    "proxy", ["as.example:443=\(stage.port)", "hogsend.example:80=\(instance)"])
                defer { proxy.program.closeInput() }
                try await body(stage, proxy)
            }
        }

        @Test(arguments: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
        func `it leads to a remote server, and sees no more than its name`(
            variable: String
        ) async throws {
            try await visit { stage, proxy in
                let ended = try await stage.connect(
                    Self.remote,
                    [
                        variable: "http://127.0.0.1:\(proxy.port)",
                        "SSL_CERT_FILE": stage.certificates.authority,
                    ])
                #expect(ended.document?["verdict"] == "connected_no_provision", "\(ended.output)")
                #expect(ended.document?["posthog"]?["issuer"] == .string(Self.remote))
                #expect(
                    proxy.lines == ["CONNECT as.example:443", "CONNECT as.example:443"],
                    "for the metadata and for the code")
            }
        }

        @Test func `a certificate is checked behind it as well`() async throws {
            try await visit { stage, proxy in
                let ended = try await stage.connect(
                    Self.remote, ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"])
                #expect(ended.document?["verdict"] == "discovery_failed")
                #expect(stage.server.requests.isEmpty)
            }
        }

        @Test(arguments: ["as.example", "example", "other.test,as.example", "*"])
        func `NO_PROXY keeps a server away from it`(list: String) async throws {
            try await visit { stage, proxy in
                let ended = try await stage.connect(
                    Self.remote,
                    [
                        "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": list,
                        "SSL_CERT_FILE": stage.certificates.authority,
                    ])
                #expect(ended.document?["verdict"] == "discovery_failed")
                #expect(proxy.lines.isEmpty)
                #expect(stage.server.requests.isEmpty)
            }
        }

        @Test(arguments: ["127.0.0.1", "localhost"])
        func `this machine is never reached through it`(host: String) async throws {
            try await visit { stage, proxy in
                let port = try #require(stage.server.origin.port)
                let address = "http://127.0.0.1:\(proxy.port)"
                let ended = try await stage.connect(
                    "http://\(host):\(port)",
                    Dictionary(uniqueKeysWithValues: Self.everything.map { ($0, address) }))
                #expect(ended.document?["verdict"] == "connected_no_provision", "\(ended.output)")
                #expect(proxy.lines.isEmpty)
            }
        }

        @Test func `a remote instance in the open is reached through http_proxy alone`()
            async throws
        {
            try await visit { stage, proxy in
                var client = StageClient(
                    url: "http://hogsend.example", folder: stage.client.folder,
                    posthog: stage.client.posthog)
                client.environment = ["http_proxy": "http://127.0.0.1:\(proxy.port)"]
                let ended = try await client.run("credentials", "list", "--json")
                let listed = ended.document?["credentials"]?.array?.map { $0["status"]?.string }
                #expect(listed.map(Set.init) == ["not_connected"], "\(ended.output)")
                #expect(
                    proxy.lines == [
                        "GET http://hogsend.example/v1/admin/provider-credentials +authorization"
                    ])
            }
        }
    }
}

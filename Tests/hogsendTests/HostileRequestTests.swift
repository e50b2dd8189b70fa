import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("the instance under bad input") struct HostileRequestTests {
        private static let key = "Authorization: Bearer \(Stage.adminKey)\r\n"
        private static let hook = "x-posthog-webhook-secret: hook\r\n"

        /// Every route of the instance, with what is right about a request but its body.
        private static let routes: [(method: String, path: String, headers: String)] = [
            ("PUT", "/v1/admin/provider-credentials/posthog", key),
            ("POST", "/v1/admin/analytics/provision-loop", key),
            ("POST", "/v1/admin/providers/posthog/provision", key),
            ("POST", "/v1/webhooks/posthog", hook),
        ]

        private static let reads = [
            "/v1/admin/analytics/connect-info", "/v1/admin/provider-credentials",
            "/v1/admin/provider-credentials/posthog", "/v1/admin/events",
            "/v1/admin/providers/posthog/connect-info",
        ]

        /// None of them is what any of the routes takes.
        private static let bodies: [String: Data] = [
            "no JSON": Data("{".utf8), "two documents": Data("{} {}".utf8),
            "an array": Data("[]".utf8), "a text": Data("\"x\"".utf8), "a number": Data("1".utf8),
            "null": Data("null".utf8), "single quotes": Data("{'a':1}".utf8),
            "a comment": Data("{/**/}".utf8), "a trailing comma": Data("{\"a\":1,}".utf8),
            "not a number": Data("{\"a\":NaN}".utf8), "invalid UTF-8": Data([0x7B, 0xFF, 0x7D]),
            "UTF-16": Data([0xFF, 0xFE, 0x7B, 0, 0x7D, 0]), "a zero": Data("{}\u{0}".utf8),
            "gzip": Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0]),
            "depth": Data(String(repeating: "[", count: 200_000).utf8),
            "deep objects": Data(String(repeating: "{\"a\":", count: 100_000).utf8),
            "wrong members": Data(#"{"kind":5,"payload":"x","event":7,"projectId":[1]}"#.utf8),
            "a huge number": Data(
                #"{"kind":"oauth","payload":{"expiresAt":1e999},"projectId":{}}"#.utf8),
        ]

        @Test func `no body that is wrong is stored, and none makes a 500`() async throws {
            try await Stage.set(["POSTHOG_WEBHOOK_SECRET": "hook"]) { stage in
                for route in Self.routes {
                    for (name, body) in Self.bodies {
                        let head =
                            "\(route.method) \(route.path) HTTP/1.1\r\nHost: a\r\n\(route.headers)"
                            + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
                        let answer = try await Self.say([Data(head.utf8), body], stage)
                        #expect(
                            [400, 413].contains(answer.status) || answer.status == 409,
                            "\(name) to \(route.path): \(answer.status)")
                        #expect(answer.json?["error"]?.string?.isEmpty == false, "\(name)")
                    }
                }
                try await Self.expectNothingHappened(stage)
            }
        }

        @Test func `oversize, lying and unfinished bodies are refused`() async throws {
            try await Stage.set(["POSTHOG_WEBHOOK_SECRET": "hook"]) { stage in
                for route in Self.routes {
                    let start =
                        "\(route.method) \(route.path) HTTP/1.1\r\nHost: a\r\n\(route.headers)"
                    let large = (4 << 20) + 1
                    let lengths = ["\(large)", "99999999999999999999", "-1", "1x", "0x10", ""]
                    for length in lengths {
                        let head = start + "Content-Length: \(length)\r\nConnection: close\r\n\r\n"
                        let answer = try await Self.say([Data(head.utf8)], stage)
                        #expect([400, 413].contains(answer.status), "\(length): \(answer.status)")
                    }
                    for chunk in ["zz\r\n", "-1\r\n", "ffffffffffffffffff\r\n"] {
                        let head = start + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        let answer = try await Self.say([Data((head + chunk).utf8)], stage)
                        #expect(!(200..<300).contains(answer.status) && answer.status != 500)
                    }
                    let both =
                        start + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    let smuggled = try await Self.say([Data(both.utf8)], stage)
                    #expect(!(200..<300).contains(smuggled.status))
                }
                try await Self.expectNothingHappened(stage)
            }
        }

        @Test func `wrong methods, tricks of spelling and doubled keys reach no route`()
            async throws
        {
            try await Stage.set { stage in
                for path in Self.reads + Self.routes.map(\.path) {
                    for method in ["PATCH", "TRACE", "BREW"] {
                        let answer = try await Self.ask(method, path, Self.key, stage)
                        #expect(answer.status == 405, "\(method) \(path): \(answer.status)")
                    }
                    for spelling in Self.tricks(path) {
                        let answer = try await Self.ask("GET", spelling, Self.key, stage)
                        #expect(
                            [400, 404, 405].contains(answer.status), "\(spelling): \(answer.status)"
                        )
                    }
                }
                for path in Self.reads {
                    for headers in [
                        "", "Authorization: Bearer\r\n", "Authorization: Bearer  \r\n",
                        "Authorization: Basic \(Stage.adminKey)\r\n", Self.key + Self.key,
                        "Authorization: Bearer \(Stage.adminKey)x\r\n",
                        "Authorization: \(Stage.adminKey)\r\n",
                    ] {
                        let answer = try await Self.ask("GET", path, headers, stage)
                        #expect(answer.status == 401, "\(headers) \(path): \(answer.status)")
                        #expect(answer.json == ["error": "Unauthorized"])
                    }
                }
                try await Self.expectNothingHappened(stage)
            }
        }

        private static func tricks(_ path: String) -> [String] {
            [
                "/\(path)", "\(path)/", "\(path)/.", "/x/..\(path)",
                path.replacing("/v1/", with: "/v1//"),
                path.replacing("/v1", with: "/%76%31"), path.uppercased(), "\(path)%00",
                "\(path);a=b",
                path.replacing("v1/", with: "v1%2F"), path.replacing("/v1", with: "\\v1"),
            ]
        }

        // MARK: One request, said byte by byte

        struct Answer {
            let status: Int
            let json: JSONValue?
        }

        private static func ask(
            _ method: String, _ path: String, _ headers: String, _ stage: Stage
        ) async throws -> Answer {
            let head =
                "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(headers)Connection: close\r\n\r\n"
            return try await say([Data(head.utf8)], stage)
        }

        private static func say(_ parts: [Data], _ stage: Stage) async throws -> Answer {
            let text = await BlockingCall.run { converse(stage.instance.port, parts) }
            let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            let body = text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] } ?? ""
            return Answer(status: status, json: JSONValue(decoding: Data(body.utf8)))
        }

        private static func converse(_ port: Int, _ parts: [Data]) -> String {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, size)
                }
            }
            guard connected == 0 else { return "" }
            for part in parts { sendAll(part, descriptor) }
            shutdown(descriptor, Int32(SHUT_WR))
            var (text, bytes) = (Data(), [UInt8](repeating: 0, count: 16_384))
            while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
                text.append(contentsOf: bytes.prefix(count))
            }
            return String(decoding: text, as: UTF8.self)
        }

        private static func sendAll(_ data: Data, _ descriptor: Int32) {
            var rest = data
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }

        /// Nothing is stored, PostHog was not called, and the instance is the same and well.
        private static func expectNothingHappened(_ stage: Stage) async throws {
            #expect(stage.instance.program.isRunning)
            let health = try await stage.client.call("GET", "/v1/health").json
            #expect(health["status"] == "healthy")
            let stored = try await stage.client.call("GET", "/v1/admin/provider-credentials").json
            #expect(stored == ["credentials": []])
            let events = try await stage.client.call("GET", "/v1/admin/events").json
            #expect(events["total"] == 0)
            #expect(stage.posthog.journal.isEmpty)
            #expect(!stage.instance.program.errors.contains("\"level\":\"error\""))
        }
    }
}

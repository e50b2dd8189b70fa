import Engine
import Foundation
import Testing

/// django-oauth-toolkit, which rotates refresh tokens and ends the family of one that comes twice.
struct RefreshPeer {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let clientID = "https://hogsend.com/.well-known/hogsend-posthog-client.json"

    let program: RunningProgram
    let origin: String

    /// Starts the server and ends it; `grace` is for how many seconds a replaced token counts on.
    static func visit(
        grace: Int, _ body: (RefreshPeer) async throws -> Void
    ) async throws {
        let program = try Program(
            name: "\(root)/.build-peers/django-oauth-toolkit/bin/python",
            arguments: [
                "\(root)/Tests/Peers/django-oauth-toolkit/server.py", "--exit-with-stdin",
                "--no-cimd", "--bench", "--grace", "\(grace)",
            ], input: nil
        ).start()
        defer { program.closeInput() }
        let origin = try await program.wait { program in
            program.output.split(separator: "\n").first { $0.hasPrefix("listening ") }
                .map { String($0.dropFirst("listening ".count)) }
        }
        try await body(RefreshPeer(program: program, origin: origin))
    }

    /// How each token request ended, such as `200 -` or `400 invalid_grant`.
    var requests: [String] {
        program.output.split(separator: "\n").compactMap { line in
            let start = "token refresh_token "
            return line.hasPrefix(start) ? String(line.dropFirst(start.count)) : nil
        }
    }

    /// A grant as it is stored, whose token has `left` seconds of its hour by our account.
    func grant(left: Double) async throws -> JSONValue {
        let page = try #require(URL(string: "\(origin)/give-grant"))
        let answer = JSONValue(decoding: try await CurlClient().send(HTTPRequest("GET", page)).body)
        return [
            "accessToken": answer?["access_token"] ?? .null,
            "refreshToken": answer?["refresh_token"] ?? .null,
            "expiresAt": .string(Date(timeIntervalSinceNow: left).iso8601),
            "tokenEndpoint": .string("\(origin)/o/token/"), "clientId": .string(Self.clientID),
            "scopes": ["person:read", "query:read"], "privateHost": .string(origin),
        ]
    }
}

import Engine

/// How often a token endpoint is asked while nobody has entered the code (RFC 8628 §3.5).
enum DevicePaceChecks {
    /// The pauses between requests, in a time that passes at once.
    private static func pauses(
        _ document: [String: JSONValue?], _ answers: [HTTPResponse], within limit: Duration
    ) async throws -> [Duration] {
        var members: [String: JSONValue] = [
            "device_code": "device-code-0123456789", "user_code": "U-C",
            "verification_uri": "https://a.example/device",
        ]
        for (name, value) in document { members[name] = value }
        let rest = Locked(answers[...])
        let client = ScriptedHTTPClient { _ in
            rest.withLock { $0.popFirst() } ?? .json(400, ["error": "authorization_pending"])
        }
        let url = try demand(URL(string: "https://a.example/token"), "no address")
        var polling = DevicePolling(
            endpoint: TokenEndpoint(url: url, client: client), clientID: "c")
        let (time, waited) = (Locked(Duration.zero), Locked<[Duration]>([]))
        polling.now = { time.withLock { $0 } }
        polling.sleep = { pause in
            time.withLock { $0 += pause }
            waited.withLock { $0.append(pause) }
        }
        let device = try DeviceAuthorization(
            .object(members), issuer: "https://a.example", endpointHosts: [])
        _ = try? await polling.tokens(for: device, since: .zero, within: limit)
        return waited.withLock { $0 }
    }

    private static func check(
        _ id: String, _ claim: String, _ line: String,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> ContractCheck {
        ContractCheck("device.pace.\(id)", claim, lines: [line]) { _ in
            try await body()
        }.only(.device)
    }

    private static func error(_ code: String) -> HTTPResponse {
        .json(400, ["error": .string(code)])
    }

    static let all: [ContractCheck] = [
        check("default", "without an interval five seconds pass between requests", "8628-1") {
            let found = try await pauses([:], [], within: .seconds(31))
            try demand(!found.isEmpty && found.allSatisfy { $0 == .seconds(5) }, "\(found) do")
        },
        check("least", "at least a second passes, whatever the interval", "8628-5") {
            for interval in [0, -1, .number(0.1), "soon"] as [JSONValue] {
                let found = try await pauses(["interval": interval], [], within: .seconds(12))
                try demand(
                    !found.isEmpty && found.allSatisfy { $0 >= .seconds(1) }, "\(found) do")
            }
        },
        check("slow-down", "each 'slow_down' adds five seconds for good", "8628-1") {
            let found = try await pauses(
                ["interval": 2], [error("slow_down"), error("authorization_pending")],
                within: .seconds(40))
            try demand(
                found.count > 2 && found[0] == .seconds(2)
                    && found.dropFirst().allSatisfy { $0 == .seconds(7) }, "\(found) pass")
        },
        check("away", "a server that is away is asked less often", "8628-1") {
            let away = HTTPResponse(status: 502)
            let found = try await pauses(
                ["interval": 2], [away, away, away], within: .seconds(100))
            try demand(
                found.count > 3 && found[1] > found[0] && found[2] > found[1], "\(found) pass")
        },
        check("end", "no request is sent after the code has expired", "8628-5") {
            let found = try await pauses(
                ["interval": 2, "expires_in": 20], [], within: .seconds(300))
            try demand(!found.isEmpty, "it did not ask")
            try demand(found.reduce(.zero, +) <= .seconds(20), "it asked on for \(found)")
        },
    ]
}

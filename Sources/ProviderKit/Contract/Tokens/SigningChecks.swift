import Engine

/// How a bearer token reaches the service, and what a refused one leads to (RFC 6750).
enum SigningChecks {
    /// A service that refuses some tokens with a status, and notes every one that it sees.
    private struct Service {
        let seen = Locked<[String]>([])
        let client: ScriptedHTTPClient

        init(refusing isRefused: @escaping @Sendable (_ count: Int) -> Bool, _ status: Int = 401) {
            let seen = seen
            client = ScriptedHTTPClient { request in
                let count = seen.withLock { seen in
                    seen.append(request.headers["Authorization"] ?? "")
                    return seen.count
                }
                return .json(isRefused(count) ? status : 200, [:])
            }
        }
    }

    private static func call(
        _ bench: RefreshBench, _ service: Service, _ address: String = "/api"
    ) async -> Int? {
        let url = URL(string: address, relativeTo: bench.before.host)?.absoluteURL
        let client = AuthorizedClient(
            service.client, grantOf: bench.id, bench.desk.tokens, host: bench.before.host)
        guard let url else { return nil }
        return try? await client.send(HTTPRequest("GET", url)).status
    }

    static let all: [ContractCheck] = [
        RefreshChecks.check(
            "401.once", "a refused token is renewed once and sent again once",
            ["6750-1"], isUsedUp: false
        ) { bench in
            let service = Service { $0 == 1 }
            let status = await call(bench, service)
            try demand(status == 200, "it ended with \(status ?? 0)")
            let seen = service.seen.withLock { $0 }
            try demand(Set(seen).count == 2 && seen.count == 2, "\(seen.count) requests were sent")
            try demand(bench.refreshes.count == 1, "\(bench.refreshes.count) refreshes were sent")
        },
        RefreshChecks.check(
            "401.twice", "when the new token is refused too, it ends there",
            ["6750-1"], isUsedUp: false
        ) { bench in
            let service = Service { _ in true }
            let status = await call(bench, service)
            try demand(status == 401, "it ended with \(status ?? 0)")
            try demand(service.seen.withLock(\.count) == 2, "it goes on")
            try demand(bench.refreshes.count == 1, "\(bench.refreshes.count) refreshes were sent")
        },
        RefreshChecks.check(
            "403", "a missing scope is not renewed away", ["6750-1"],
            isUsedUp: false
        ) { bench in
            let service = Service(refusing: { _ in true }, 403)
            let status = await call(bench, service)
            try demand(status == 403, "it ended with \(status ?? 0)")
            try demand(bench.refreshes.isEmpty, "a refresh was sent")
        },
        RefreshChecks.check(
            "other-host", "a token goes to its own host alone", ["9700-12"],
            isUsedUp: false
        ) { bench in
            let service = Service { _ in false }
            for address in [
                "https://elsewhere.example/api", "http://127.0.0.1:1/api", "http://localhost/api",
            ] {
                let status = await call(bench, service, address)
                try demand(status == nil, "'\(address)' got it")
            }
            try demand(service.seen.withLock(\.isEmpty), "something was sent")
        },
        RefreshChecks.check(
            "header", "a token travels in the header alone", ["6750-1", "9700-6"],
            isUsedUp: false
        ) { bench in
            let service = Service { _ in false }
            _ = await call(bench, service)
            let token = bench.before.accessToken.reveal()
            try demand(
                service.seen.withLock { $0 } == ["Bearer \(token)"], "the header is another")
            try demand(
                service.client.requests.allSatisfy {
                    !$0.url.absoluteString.contains(token) && $0.body.isEmpty
                }, "it is somewhere else, too")
        },
    ]
}

import Engine
import Testing

@Suite("Admin authentication")
struct AdminAuthenticationTests {
    static let routes = [
        ("GET", Desk.credential), ("PUT", Desk.credential), ("DELETE", Desk.credential),
        ("GET", "/v1/admin/provider-credentials"), ("GET", Desk.info), ("POST", Desk.provision),
        ("GET", "/v1/admin/old/info"), ("POST", "/v1/admin/old/set-up"),
        ("GET", "/v1/admin/events"), ("POST", "\(Desk.credential)/refresh"),
        ("PUT", "/v1/admin/provider-credentials/nobody"),
        ("GET", "/v1/admin/events?limit=nonsense"), ("DELETE", "/v1/admin/events?userId=u"),
    ]

    static let refused: [HTTPHeaders] = {
        let key = Desk.adminKey
        var list: [HTTPHeaders] = [[:]]
        list += [
            "", "Bearer", "Bearer ", key, "Bearer wrong", "Bearer \(key)x", "Bearer x\(key)",
            "Bearer \(key.dropLast())", "Bearer \(key.uppercased())", "Bearer \(key) \(key)",
            "Bearer \(key),", "Bearer:\(key)", "Bearer\(key)", "Basic \(key)", "Token \(key)",
            "Digest Bearer \(key)", "Bearer Bearer \(key)", "\"Bearer \(key)\"",
            "Bearer \"\(key)\"",
            "Bearer \(key)\u{0}", "Bearer \(key)\u{301}",
        ].map { ["Authorization": $0] }
        list += [
            ["X-Api-Key": key], ["Cookie": "Authorization=Bearer \(key)"],
            ["Proxy-Authorization": "Bearer \(key)"],
        ]
        for pair in [(key, key), (key, "wrong"), ("wrong", key)] {
            var doubled: HTTPHeaders = ["Authorization": "Bearer \(pair.0)"]
            doubled.append("authorization", "Bearer \(pair.1)")
            list.append(doubled)
        }
        return list
    }()

    @Test(arguments: routes)
    func `every admin route refuses whoever has not the key, whatever else is wrong`(
        method: String, target: String
    ) async throws {
        try await Desk.open { desk in
            await desk.connect()
            for headers in Self.refused {
                for body in ["", "{", #"{"kind":"oauth"}"#] {
                    let answer = await desk.send(
                        method, target, headers: headers, body: Data(body.utf8))
                    #expect(answer.status == 401, "\(headers)")
                    #expect(answer.text == #"{"error":"Unauthorized"}"#)
                }
            }
            #expect(desk.service.requests.isEmpty)
            let rest = await desk.call("GET", Desk.credential)
            #expect(rest.status == 200, "nothing was deleted")
        }
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER", "Bearer "])
    func `the scheme is read without case`(scheme: String) async throws {
        try await Desk.open { desk in
            let answer = await desk.send(
                "GET", "/v1/admin/events",
                headers: ["authorization": "\(scheme) \(Desk.adminKey) "])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        ("GET", "/v1/admin", 404), ("GET", "/v1/admin/providers/nobody/connect-info", 404),
        ("POST", "/v1/admin/providers/nobody/provision", 404), ("GET", "/v1/admin/providers", 404),
        ("POST", Desk.credential, 405), ("PATCH", Desk.credential, 405),
        ("GET", Desk.provision, 405),
        ("POST", "/v1/admin/events", 405), ("GET", "/v1/webhooks/acme", 405),
        ("POST", "/v1/health", 405),
        ("GET", "/v1/admin/provider-credentials/", 404), ("GET", "/", 404),
    ])
    func `what is no route is none with the key as well`(
        method: String, target: String, status: Int
    ) async throws {
        try await Desk.open { desk in
            let answer = await desk.call(method, target)
            #expect(answer.status == status)
            #expect(answer.error != nil)
        }
    }
}

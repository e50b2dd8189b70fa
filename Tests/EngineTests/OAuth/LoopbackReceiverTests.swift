import Engine
import Testing

@Suite("Loopback receiver", .serialized)
struct LoopbackReceiverTests {
    /// A receiver on a free port and a browser that says what it is told.
    struct Visit {
        let receiver: LoopbackReceiver
        let strays: Locked<Int>

        func send(
            _ query: String, method: String = "GET", path: String = "/callback",
            headers: HTTPHeaders = [:], body: String = ""
        ) async throws -> HTTPResponse {
            let url = try address("http://127.0.0.1:\(receiver.port)\(path)\(query)")
            return try await CurlClient().send(
                HTTPRequest(method, url, headers: headers, body: Data(body.utf8)))
        }
    }

    static func visit(
        ports: [UInt16] = [], _ body: (Visit) async throws -> Void
    ) async throws {
        let strays = Locked(0)
        let receiver = try LoopbackReceiver(
            ports: ports, path: "/callback", state: Secret("right")
        ) { stray in strays.withLock { $0 += stray == .state ? 1 : 0 } }
        do {
            try await body(Visit(receiver: receiver, strays: strays))
        } catch {
            await receiver.close()
            throw error
        }
        await receiver.close()
    }

    static func text(_ response: HTTPResponse) -> String {
        String(decoding: response.body, as: UTF8.self)
    }

    @Test func `it takes one answer and shows how it ended only then`() async throws {
        try await Self.visit { visit in
            #expect(
                visit.receiver.redirectURI == "http://127.0.0.1:\(visit.receiver.port)/callback")
            let isAnswered = CancellationFlag()
            let browser = Task {
                let response = try await visit.send("?code=a%2Bb+c&state=right")
                isAnswered.set()
                return response
            }
            let response = try await visit.receiver.response(within: .seconds(5))
            guard case .code(let code) = response.result else {
                Issue.record("no code came")
                return
            }
            #expect(code.reveal() == "a+b c")
            try await Task.sleep(for: .milliseconds(50))
            #expect(!isAnswered.isSet, "nothing is claimed before it happened")
            visit.receiver.show(BrowserPage(title: "<Done>", text: "well"))
            visit.receiver.show(BrowserPage(title: "Too late", text: ""))
            let page = try await browser.value
            #expect(page.status == 200)
            #expect(Self.text(page).contains("<h1>&lt;Done&gt;</h1>"))
            #expect(page.headers["Cache-Control"] == "no-store")
            #expect(page.headers["Referrer-Policy"] == "no-referrer")
            #expect(page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            #expect(!Self.text(page).contains("a+b") && !Self.text(page).contains("right"))
            #expect(visit.strays.withLock { $0 } == 0)
        }
    }

    @Test(arguments: [
        "", "?code=c", "?code=c&state=", "?code=c&state=wrong", "?code=c&state=Right",
        "?code=c&state=right&state=right", "?code=c&state=right&state=wrong",
        "?code=c&state=righ", "?code=c&state=right%00", "?code=c&State=right",
        "?error=access_denied", "?error=access_denied&state=wrong", "?code=c&state=%zz",
        "?code=%ff&state=right",
    ])
    func `a wrong state is answered, told and forgotten, and the right one still counts`(
        query: String
    ) async throws {
        try await Self.visit { visit in
            let stray = try await visit.send(query)
            #expect(stray.status == 400)
            #expect(Self.text(stray).contains("goes on waiting"))
            #expect(visit.strays.withLock { $0 } == 1)
            visit.receiver.show(BrowserPage(title: "Done", text: ""))
            #expect(try await visit.send("?code=c&state=right").status == 200)
            let response = try await visit.receiver.response(within: .seconds(5))
            guard case .code = response.result else {
                Issue.record("no code came")
                return
            }
        }
    }

    static let refusals: [(String, String, HTTPHeaders, Int)] = [
        ("GET", "/", [:], 404), ("GET", "/callback/", [:], 404), ("GET", "/Callback", [:], 404),
        ("GET", "//callback", [:], 404), ("GET", "/%63allback", [:], 404),
        ("GET", "/favicon.ico", [:], 404), ("POST", "/callback", [:], 405),
        ("HEAD", "/callback", [:], 405), ("PUT", "/callback", [:], 405),
        ("DELETE", "/callback", [:], 405), ("OPTIONS", "/callback", [:], 204),
        ("OPTIONS", "/other", [:], 404), ("GET", "/callback", ["Host": "evil.example"], 421),
        ("GET", "/callback", ["Host": "localhost:1"], 421),
        ("GET", "/callback", ["Host": "127.0.0.1"], 421),
    ]

    @Test(arguments: refusals)
    func `nothing but a GET of its own address settles it`(
        method: String, path: String, headers: HTTPHeaders, status: Int
    ) async throws {
        try await Self.visit { visit in
            let answer = try await visit.send(
                "?code=c&state=right", method: method, path: path, headers: headers)
            #expect(answer.status == status)
            #expect(answer.body.isEmpty)
            #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
            #expect(visit.strays.withLock { $0 } == 0)
            await #expect(throws: OAuthError.callbackTimeout(.milliseconds(20))) {
                try await visit.receiver.response(within: .milliseconds(20))
            }
        }
    }

    @Test func `a request with a body is not read`() async throws {
        try await Self.visit { visit in
            for method in ["GET", "POST"] {
                let answer = try await visit.send(
                    "?code=c&state=right", method: method, body: "state=right&code=evil")
                #expect(answer.status == 413)
            }
            await #expect(throws: OAuthError.callbackTimeout(.milliseconds(20))) {
                try await visit.receiver.response(within: .milliseconds(20))
            }
        }
    }

    @Test func `two Host fields are nobody's browser, and none is refused`() async throws {
        try await Self.visit { visit in
            let host = "Host: 127.0.0.1:\(visit.receiver.port)\r\n"
            for hosts in [host + host, host + "Host: evil.example\r\n", ""] {
                let answer = await BlockingCall.run { () -> String in
                    guard let raw = RawConnection(port: visit.receiver.port) else { return "" }
                    defer { raw.close() }
                    raw.write("GET /callback?code=c&state=right HTTP/1.1\r\n\(hosts)\r\n")
                    return raw.read(until: "\r\n\r\n")
                }
                #expect(answer.hasPrefix("HTTP/1.1 4"))
            }
            await #expect(throws: OAuthError.callbackTimeout(.milliseconds(20))) {
                try await visit.receiver.response(within: .milliseconds(20))
            }
        }
    }

    @Test func `a wait with strays alone ends as a wrong state`() async throws {
        try await Self.visit { visit in
            _ = try await visit.send("?code=c&state=wrong")
            await #expect(throws: OAuthError.stateMismatch) {
                try await visit.receiver.response(within: .milliseconds(20))
            }
        }
    }

    @Test func `a cancelled wait is a cancelled task`() async throws {
        try await Self.visit { visit in
            let waiting = Task { try await visit.receiver.response(within: .seconds(60)) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }
}

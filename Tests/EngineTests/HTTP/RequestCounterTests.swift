import Engine
import Testing

@Suite("Request counters")
struct RequestCounterTests {
    /// Requests that were taken, with what answers them.
    final class Taken: Sendable {
        let all = Locked<[(request: ServerRequest, answer: RequestCounter.Answer)]>([])

        func wait(for count: Int) async throws {
            for _ in 0..<500 where all.withLock({ $0.count }) < count {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(all.withLock { $0.count } == count)
        }

        func answer(_ body: String) {
            let waiting = all.withLock { all in
                defer { all = [] }
                return all
            }
            for (_, answer) in waiting { answer(HTTPResponse(status: 200, body: Data(body.utf8))) }
        }
    }

    /// A server with a counter for `POST /desk`, which leaves what says `no` to the handler.
    private static func start(
        _ taken: Taken, _ records: Locked<[CounterRecord]> = Locked([])
    ) throws -> (server: MicroHTTPServer, port: UInt16) {
        let counter = RequestCounter(
            "POST", "/desk", route: "the desk", headers: ["X-Wanted"]
        ) { request, _, answer in
            if request.body == Data("no".utf8) { return false }
            taken.all.withLock { $0.append((request, answer)) }
            return true
        }
        var limits = MicroHTTPServer.Limits()
        limits.onAnswers = { new in records.withLock { $0 += new } }
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        let server = try MicroHTTPServer(on: [socket], limits: limits, counters: [counter]) {
            let seen = $0.headers["X-Other"] ?? ""
            return HTTPResponse(status: 200, body: Data("handler \(seen)".utf8) + $0.body)
        }
        return (server, socket.port)
    }

    private static func send(
        _ port: UInt16, _ body: String, method: String = "POST", target: String = "/desk"
    ) -> Task<HTTPResponse, any Error> {
        Task {
            let url = try #require(URL(string: "http://127.0.0.1:\(port)\(target)"))
            return try await CurlClient().send(
                HTTPRequest(
                    method, url, headers: ["x-wanted": "a", "X-Other": "b"],
                    body: Data(body.utf8)))
        }
    }

    @Test func `it has the fields it wants, answers from any thread, and many at once`()
        async throws
    {
        let (taken, records) = (Taken(), Locked<[CounterRecord]>([]))
        let (server, port) = try Self.start(taken, records)
        let answers = (0..<20).map { Self.send(port, "\($0)") }
        try await taken.wait(for: 20)
        let requests = taken.all.withLock { $0.map(\.request) }
        #expect(requests.allSatisfy { $0.headers == ["x-wanted": "a"] && $0.target == "/desk" })
        #expect(Set(requests.map(\.body)) == Set((0..<20).map { Data("\($0)".utf8) }))
        await BlockingCall.run { taken.answer("taken") }
        for answer in answers {
            #expect(try await answer.value.body == Data("taken".utf8))
        }
        let noted = records.withLock { $0 }
        #expect(noted.count == 20)
        #expect(noted.allSatisfy { $0.route == "the desk" && $0.status == 200 })
        #expect(noted.map(\.bodyBytes).reduce(0, +) == 30)
        await server.stop()
    }

    @Test(arguments: [
        ("no", "POST", "/desk"), ("x", "PUT", "/desk"), ("x", "POST", "/desk?"),
        ("x", "POST", "/%64esk"), ("x", "POST", "/desk/"),
    ])
    func `what it does not take is the handler's, with every field`(
        body: String, method: String, target: String
    ) async throws {
        let (server, port) = try Self.start(Taken())
        let answer = try await Self.send(port, body, method: method, target: target).value
        #expect(answer.body == Data("handler b\(body)".utf8))
        await server.stop()
    }

    @Test func `a server that stops waits for what was taken`() async throws {
        let taken = Taken()
        let (server, port) = try Self.start(taken)
        let answer = Self.send(port, "1")
        try await taken.wait(for: 1)
        let stopped = Promise<Void>()
        Task {
            await server.stop(grace: .milliseconds(50))
            stopped.settle(())
        }
        #expect(await stopped.value(within: .milliseconds(300)) == nil)
        taken.answer("late")
        #expect(try await answer.value.body == Data("late".utf8))
        await stopped.value
    }

    @Test func `a client that is gone is no matter`() async throws {
        let taken = Taken()
        let (server, port) = try Self.start(taken)
        let connection = try #require(RawConnection(port: port))
        connection.write("POST /desk HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na")
        try await taken.wait(for: 1)
        connection.close()
        taken.answer("nobody")
        let answer = Self.send(port, "1")
        try await taken.wait(for: 1)
        taken.answer("somebody")
        #expect(try await answer.value.body == Data("somebody".utf8))
        await server.stop()
    }
}

import Engine
import Testing

@Suite("HTTP server")
struct MicroHTTPServerTests {
    /// Answers with what it was asked.
    static let echo: RequestHandler = { request in
        var response = HTTPResponse(status: 200, body: request.body)
        response.headers["X-Request"] = "\(request.method) \(request.target)"
        for value in request.headers.values(for: "X-Echo") {
            response.headers.append("X-Echo", value)
        }
        return response
    }

    private func start(
        _ limits: MicroHTTPServer.Limits = MicroHTTPServer.Limits(),
        _ handler: @escaping RequestHandler = Self.echo
    ) throws -> (server: MicroHTTPServer, port: UInt16) {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        return (try MicroHTTPServer(on: [socket], limits: limits, handler: handler), socket.port)
    }

    private func bodyLimit(_ limit: Int) -> MicroHTTPServer.Limits {
        var limits = MicroHTTPServer.Limits()
        limits.body = { $0 == "/large" ? limit * 100 : limit }
        return limits
    }

    /// What the server answers to `text` until it closes.
    private func answer(_ port: UInt16, _ text: String) async -> String {
        await BlockingCall.run {
            guard let connection = RawConnection(port: port) else { return "refused" }
            defer { connection.close() }
            connection.write(text)
            connection.finishWriting()
            return connection.readAll()
        }
    }

    private func request(
        _ port: UInt16, _ method: String = "GET", _ target: String = "/", body: Data = Data()
    ) throws -> HTTPRequest {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(target)"))
        return HTTPRequest(method, url, body: body)
    }

    // MARK: Requests

    @Test func `a handler sees the request as it came`() async throws {
        let (server, port) = try start()
        let text = await answer(
            port,
            "POST /a%20b//../c?d=e+f HTTP/1.1\r\nHost: x\r\nx-echo: 1\r\nX-ECHO: 2\r\n"
                + "Connection: close\r\nContent-Length: 5\r\n\r\na\0\u{E9}b")
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.contains("\r\nX-Request: POST /a%20b//../c?d=e+f\r\n"))
        #expect(text.contains("\r\nX-Echo: 1\r\n"))
        #expect(text.contains("\r\nX-Echo: 2\r\n"))
        #expect(text.hasSuffix("\r\n\r\na\0\u{E9}b"))
        await server.stop()
    }

    @Test func `a large body arrives whole`() async throws {
        let (server, port) = try start()
        let body = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
        let response = try await CurlClient().send(request(port, "POST", body: body))
        #expect(response.body == body)
        await server.stop()
    }

    @Test func `a chunked body arrives whole`() async throws {
        let (server, port) = try start()
        let text = await answer(
            port,
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        #expect(text.hasSuffix("\r\n\r\nhello world"))
        await server.stop()
    }

    @Test func `HEAD has GET's headers and no body`() async throws {
        let (server, port) = try start { _ in
            HTTPResponse(status: 200, headers: ["X-A": "1"], body: Data("hello".utf8))
        }
        let text = await answer(port, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(text.contains("\r\nContent-Length: 5\r\n"))
        #expect(text.contains("\r\nX-A: 1\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
        await server.stop()
    }

    @Test func `two requests sent at once have two answers in order`() async throws {
        let (server, port) = try start()
        let one = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
        let two = "GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let text = await answer(port, one + two)
        let targets = text.split(separator: "X-Request: GET ").dropFirst().map { $0.prefix(2) }
        #expect(targets == ["/1", "/2"])
        await server.stop()
    }

    // MARK: Limits

    /// Who sends all of it may see its connection end before he has read why.
    @Test func `a long body is refused by what is announced of it`() async throws {
        let (server, port) = try start(bodyLimit(10))
        let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
        #expect(await answer(port, head).hasPrefix("HTTP/1.1 413 "))
        await server.stop()
    }

    @Test(arguments: [(10, 200), (11, 413)])
    func `an announced body is refused beyond the limit`(length: Int, status: Int) async throws {
        let (server, port) = try start(bodyLimit(10))
        let body = Data(repeating: 0x61, count: length)
        let response = try await CurlClient().send(request(port, "POST", body: body))
        #expect(response.status == status)
        await server.stop()
    }

    @Test func `bodies of all connections fill a bounded room, in which small ones find a place`()
        async throws
    {
        var limits = MicroHTTPServer.Limits()
        (limits.bodies, limits.smallBody) = (100_000, 1000)
        let (server, port) = try start(limits)
        let slow = try #require(RawConnection(port: port))
        let text = String(repeating: "x", count: 90_000)
        slow.write("POST / HTTP/1.0\r\nContent-Length: 90000\r\n\r\n\(text.dropLast())")
        func status(_ size: Int) async throws -> (Int, String?) {
            let body = Data(repeating: 0x61, count: size)
            let answer = try await CurlClient().send(request(port, "POST", body: body))
            return (answer.status, answer.headers["Retry-After"])
        }
        for _ in 0..<500 where try await status(50_000).0 == 200 {
            try await Task.sleep(for: .milliseconds(10))
        }
        let refused = try await status(50_000)
        #expect(refused.0 == 503 && refused.1 == "1")
        #expect(try await status(1000).0 == 200)
        slow.write("x")
        #expect(await BlockingCall.run { slow.readAll() }.contains(" 200 OK"))
        slow.close()
        #expect(try await status(50_000).0 == 200)
        await server.stop()
    }

    @Test func `an announced body is refused before it comes`() async throws {
        let (server, port) = try start(bodyLimit(10))
        for length in ["11", "9223372036854775807", "18446744073709551615"] {
            let text = await answer(
                port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 413 "))
        }
        await server.stop()
    }

    @Test(arguments: ["-1", "1x", "", "0x10", "99999999999999999999999", "1, 2"])
    func `a length that is none is refused`(length: String) async throws {
        let (server, port) = try start()
        let text = await answer(
            port,
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\nConnection: close\r\n\r\n")
        #expect(!text.hasPrefix("HTTP/1.1 200 "))
        await server.stop()
    }

    @Test(arguments: [("/", 413), ("/large", 200)])
    func `a chunked body is refused beyond the path's limit`(
        path: String, status: Int
    ) async throws {
        let (server, port) = try start(bodyLimit(10))
        let chunks = String(repeating: "8\r\nabcdefgh\r\n", count: 20)
        let text = await answer(
            port,
            "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                + "Connection: close\r\n\r\n\(chunks)0\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
        await server.stop()
    }

    @Test func `an endless chunked body is cut off`() async throws {
        let (server, port) = try start(bodyLimit(10))
        let sent = await BlockingCall.run { () -> Int in
            guard let connection = RawConnection(port: port) else { return 0 }
            defer { connection.close() }
            connection.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n"
            return (0..<1000).first { _ in !connection.write(chunk) } ?? 1000
        }
        #expect(sent < 1000)
        await server.stop()
    }

    @Test func `headers beyond the limit are 431`() async throws {
        let (server, port) = try start()
        let field = "X: " + String(repeating: "a", count: 1000) + "\r\n"
        for count in [40, 1000] {
            let fields = String(repeating: field, count: count)
            let text = await answer(port, "GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
            #expect(text.hasPrefix("HTTP/1.1 431 ") || text.isEmpty)
        }
        let fields = String(repeating: field, count: 10)
        let text = await answer(
            port, "GET / HTTP/1.1\r\nHost: x\r\n\(fields)Connection: close\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        await server.stop()
    }

    // MARK: Answers

    @Test func `a handler may wait`() async throws {
        let (server, port) = try start { request in
            try? await Task.sleep(for: .milliseconds(20))
            return HTTPResponse(status: 201, body: request.body)
        }
        for _ in 0..<5 {
            let response = try await CurlClient().send(
                request(port, "POST", body: Data("a".utf8)))
            #expect(response.status == 201)
            #expect(response.body == Data("a".utf8))
        }
        await server.stop()
    }

    /// No handler goes on before all have begun.
    @Test func `two hundred requests are handled at once`() async throws {
        let begun = Locked(0)
        let all = Promise<Void>()
        let (server, port) = try start { request in
            if begun.withLock({ begun in
                begun += 1
                return begun
            }) == 200 {
                all.settle(())
            }
            await all.value
            return HTTPResponse(status: 200, body: Data(request.target.utf8))
        }
        let right = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let target = "/\(number)"
                    let response = try? await CurlClient().send(request(port, "GET", target))
                    return response?.body == Data(target.utf8)
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(right == 200)
        await server.stop()
    }

    @Test func `an answer's field smuggles nothing in`() async throws {
        let (server, port) = try start { _ in
            HTTPResponse(status: 200, headers: ["X-A": "1\r\nX-Evil: 1", "X-B\r\nX-Evil": "1"])
        }
        let text = await answer(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(!text.contains("X-Evil"))
        await server.stop()
    }
}

import Engine
import Testing

@Suite("HTTP server, stopping")
struct MicroHTTPServerStopTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let ok: RequestHandler = { _ in HTTPResponse(status: 200) }

    private func start(
        idleSeconds: UInt32 = 60, _ handler: @escaping RequestHandler = Self.ok
    ) throws -> (server: MicroHTTPServer, port: UInt16) {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        var limits = MicroHTTPServer.Limits()
        limits.idleSeconds = idleSeconds
        return (try MicroHTTPServer(on: [socket], limits: limits, handler: handler), socket.port)
    }

    private func send(_ port: UInt16) -> Task<Int?, Never> {
        Task {
            guard let url = URL(string: "http://127.0.0.1:\(port)/") else { return nil }
            return try? await CurlClient().send(HTTPRequest("GET", url)).status
        }
    }

    @Test func `its port is closed and free afterwards`() async throws {
        let (server, port) = try start()
        #expect(await send(port).value == 200)
        await server.stop()
        #expect(RawConnection(port: port) == nil)
        try ListeningSocket(.loopbackIPv4, port: port).closeUnused()
    }

    @Test func `an idle connection does not hold it up`() async throws {
        let (server, port) = try start()
        let connection = try #require(RawConnection(port: port))
        connection.write(Self.get)
        #expect(connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
        let began = ContinuousClock.now
        await server.stop(grace: .seconds(60))
        #expect(.now - began < .seconds(5))
        #expect(connection.readAll().isEmpty)
        connection.close()
    }

    @Test func `a running request is answered first, and no new one is taken`() async throws {
        let begun = Promise<Void>()
        let finish = Promise<Void>()
        let (server, port) = try start { _ in
            begun.settle(())
            await finish.value
            return HTTPResponse(status: 200)
        }
        let answer = send(port)
        await begun.value
        let stopped = Promise<Void>()
        Task {
            await server.stop(grace: .seconds(60))
            stopped.settle(())
        }
        #expect(await stopped.value(within: .milliseconds(100)) == nil)
        #expect(RawConnection(port: port) == nil)
        finish.settle(())
        #expect(await stopped.value(within: .seconds(5)) != nil)
        #expect(await answer.value == 200)
    }

    @Test func `what runs beyond the grace is cancelled and still answered`() async throws {
        let begun = Promise<Void>()
        let (server, port) = try start { _ in
            begun.settle(())
            try? await Task.sleep(for: .seconds(60))
            return HTTPResponse(status: Task.isCancelled ? 503 : 200)
        }
        let answer = send(port)
        await begun.value
        let began = ContinuousClock.now
        await server.stop(grace: .milliseconds(20))
        #expect(.now - began < .seconds(5))
        #expect(await answer.value == 503)
    }

    @Test func `a client that does not read holds it up no longer than the grace`() async throws {
        let begun = Promise<Void>()
        let (server, port) = try start { _ in
            begun.settle(())
            return HTTPResponse(status: 200, body: Data(count: 32 << 20))
        }
        let connection = try #require(RawConnection(port: port))
        connection.write(Self.get)
        await begun.value
        let began = ContinuousClock.now
        await server.stop(grace: .milliseconds(20))
        #expect(.now - began < .seconds(5))
        connection.close()
    }

    /// libmicrohttpd ends the process when it is stopped with a suspended connection.
    @Test func `requests that keep coming on open connections do not hold it up`() async throws {
        for _ in 0..<10 {
            let (server, port) = try start { _ in
                await Task.yield()
                try? await Task.sleep(for: .milliseconds(1))
                return HTTPResponse(status: 200)
            }
            let connections = (0..<8).compactMap { _ in RawConnection(port: port) }
            let begun = Promise<Void>()
            let clients = connections.map { connection in
                Task {
                    await BlockingCall.run {
                        while connection.write(Self.get),
                            !connection.read(until: "\r\n\r\n").isEmpty
                        {
                            begun.settle(())
                        }
                        connection.close()
                    }
                }
            }
            await begun.value
            let began = ContinuousClock.now
            await server.stop(grace: .milliseconds(200))
            #expect(.now - began < .seconds(5))
            for client in clients { await client.value }
        }
    }

    /// A daemon that is stopped from another thread crashes over these.
    @Test func `headers that are too large do not end the process`() async throws {
        let text = "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 40_000)
        for _ in 0..<10 {
            let (server, port) = try start()
            await BlockingCall.run {
                for _ in 0..<100 {
                    let connection = RawConnection(port: port)
                    connection?.write(text)
                    connection?.close()
                }
            }
            await server.stop()
        }
    }

    @Test func `a half-sent request does not hold it up`() async throws {
        let (server, port) = try start()
        let halves = [
            "", "G", "GET / HTTP/1.1\r\nHost", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
        ]
        let connections = halves.compactMap { half in
            let connection = RawConnection(port: port)
            connection?.write(half)
            return connection
        }
        let began = ContinuousClock.now
        await server.stop(grace: .seconds(60))
        #expect(.now - began < .seconds(5))
        for connection in connections { connection.close() }
    }

    @Test func `stopping twice, or at once, is no harm`() async throws {
        let (server, port) = try start()
        #expect(await send(port).value == 200)
        async let first: Void = server.stop()
        async let second: Void = server.stop()
        _ = await (first, second)
        await server.stop()
        try ListeningSocket(.loopbackIPv4, port: port).closeUnused()
    }

    @Test func `a server that nobody holds goes on serving`() async throws {
        let port = try start().port
        #expect(await send(port).value == 200)
    }

    // MARK: Leaks

    /// A handler's task lets go of its request a moment after the answer went out.
    private func wait(while condition: () -> Bool) async {
        for _ in 0..<200 where condition() { try? await Task.sleep(for: .milliseconds(10)) }
    }

    /// Held by the handler, which every request in progress holds.
    private final class Token: Sendable {}

    @Test func `garbage leaves nothing behind`() async throws {
        let garbage = [
            "", "\r\n", "GET", "GET\r\n\r\n", "GET /\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}",
            "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", Self.get,
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "GET /\u{FF}\u{0} HTTP/1.1\r\nHost: x\r\n\r\n", Self.get + "garbage\r\n\r\n",
            "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 40_000),
            "GET /" + String(repeating: "a", count: 40_000) + " HTTP/1.1\r\n\r\n",
        ]
        weak var leaked: Token?
        do {
            let token = Token()
            let (server, port) = try start(idleSeconds: 1) { _ in
                await Task.yield()
                return withExtendedLifetime(token) { HTTPResponse(status: 200) }
            }
            leaked = token
            let served = await BlockingCall.run { () -> Int in
                (0..<5000).count { number in
                    guard let connection = RawConnection(port: port, patience: 20) else {
                        return false
                    }
                    defer { connection.close() }
                    connection.write(garbage[number % garbage.count])
                    if number % 100 == 0 { _ = connection.read(until: "\r\n\r\n") }
                    return true
                }
            }
            #expect(served == 5000)
            #expect(await send(port).value == 200)
            await server.stop()
        }
        await wait { leaked != nil }
        #expect(leaked == nil)
    }

    @Test func `a client that leaves while its handler waits leaves nothing behind`() async throws {
        weak var leaked: Token?
        do {
            let (token, begun, finish) = (Token(), Locked(0), Promise<Void>())
            let (server, port) = try start { _ in
                begun.withLock { $0 += 1 }
                await finish.value
                return withExtendedLifetime(token) {
                    HTTPResponse(status: 200, body: Data(count: 100_000))
                }
            }
            leaked = token
            for _ in 0..<50 {
                let connection = try #require(RawConnection(port: port))
                connection.write(Self.get)
                connection.close()
            }
            while begun.withLock({ $0 }) < 50 { try await Task.sleep(for: .milliseconds(1)) }
            finish.settle(())
            await server.stop()
        }
        await wait { leaked != nil }
        #expect(leaked == nil)
    }
}

import Engine
import Foundation
import Testing

/// Clients that send, or read, a byte now and then: never silent, never done.
@Suite("HTTP server, slow clients")
struct ConnectionDeadlineTests {
    private static func serve(
        _ body: (MicroHTTPServer) async throws -> Void
    ) async throws {
        var limits = MicroHTTPServer.Limits()
        limits.requestTime = .seconds(1)
        let server = try MicroHTTPServer(
            on: [try ListeningSocket(.loopbackIPv4, port: 0)], limits: limits
        ) { _ in HTTPResponse(status: 200, body: Data("ok".utf8)) }
        do {
            try await body(server)
        } catch {
            await server.stop(grace: .milliseconds(100))
            throw error
        }
        await server.stop(grace: .milliseconds(100))
    }

    /// Sends `start` and then a byte every 50 ms; how long the server bore it.
    private static func drip(_ start: String, to port: UInt16) async -> Duration {
        await BlockingCall.run {
            guard let connection = RawConnection(port: port) else { return .zero }
            let began = ContinuousClock.now
            connection.write(start)
            while connection.write("x"), began.duration(to: .now) < .seconds(8) {
                usleep(50_000)
            }
            connection.close()
            return began.duration(to: .now)
        }
    }

    @Test(arguments: [
        "GE", "GET / HTTP/1.1\r\nHost: a\r\nX: ",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nX: ",
    ])
    func `a request that never ends is cut off`(start: String) async throws {
        try await Self.serve { server in
            let took = await Self.drip(start, to: server.ports[0])
            #expect(took > .milliseconds(500) && took < .seconds(6), "it was borne for \(took)")
        }
    }

    @Test func `a connection that goes on asking lives beyond the deadline`() async throws {
        try await Self.serve { server in
            let answers = await BlockingCall.run {
                guard let connection = RawConnection(port: server.ports[0]) else { return [""] }
                defer { connection.close() }
                return (0..<5).map { _ -> String in
                    usleep(600_000)
                    connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    return connection.read(until: "ok")
                }
            }
            #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200") })
        }
    }

    @Test func `a handler may take longer than a client`() async throws {
        var limits = MicroHTTPServer.Limits()
        limits.requestTime = .milliseconds(500)
        let server = try MicroHTTPServer(
            on: [try ListeningSocket(.loopbackIPv4, port: 0)], limits: limits
        ) { _ in
            try? await Task.sleep(for: .seconds(3))
            return HTTPResponse(status: 200, body: Data("ok".utf8))
        }
        let port = server.ports[0]
        let answer = await BlockingCall.run {
            guard let connection = RawConnection(port: port) else { return "" }
            defer { connection.close() }
            connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return connection.read(until: "ok")
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        await server.stop()
    }
}

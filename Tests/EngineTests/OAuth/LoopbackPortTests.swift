import Engine
import Testing

@Suite("Loopback port", .serialized)
struct LoopbackPortTests {
    static func open(_ ports: [UInt16]) throws -> LoopbackReceiver {
        try LoopbackReceiver(ports: ports, path: "/callback", state: Secret("s")) { _ in }
    }

    @Test func `a port that is taken gives way to the next, and all taken is told`() async throws {
        let first = try Self.open([])
        #expect(throws: OAuthError.portUnavailable(ports: [first.port])) {
            try Self.open([first.port])
        }
        let second = try Self.open([first.port, 0])
        #expect(second.port != first.port)
        let both = [first.port, second.port]
        #expect(throws: OAuthError.portUnavailable(ports: both)) { try Self.open(both) }
        await first.close()
        await second.close()
    }

    @Test func `closing frees the port at once, also after a connection`() async throws {
        let first = try Self.open([])
        let url = try address("http://127.0.0.1:\(first.port)/callback")
        for _ in 0..<3 { _ = try await CurlClient().send(HTTPRequest("GET", url)) }
        await first.close()
        for _ in 0..<5 {
            let again = try Self.open([first.port])
            #expect(again.port == first.port)
            _ = try await CurlClient().send(HTTPRequest("GET", url))
            await again.close()
        }
    }

    @Test func `closing answers the browser that waits, and takes no second`() async throws {
        let receiver = try Self.open([])
        let url = try address("http://127.0.0.1:\(receiver.port)/callback?code=c&state=s")
        let browser = Task { try await CurlClient().send(HTTPRequest("GET", url)) }
        _ = try await receiver.response(within: .seconds(5))
        let start = ContinuousClock.now
        await receiver.close()
        #expect(start.duration(to: .now) < .seconds(1))
        let page = try await browser.value
        #expect(String(decoding: page.body, as: UTF8.self).contains("The login has ended"))
        let error = await #expect(throws: HTTPClientError.self) {
            try await CurlClient().send(HTTPRequest("GET", url))
        }
        #expect(error?.code == "unreachable")
    }

    @Test func `a silent connection keeps neither the callback nor the end waiting`() async throws {
        let receiver = try Self.open([])
        let silent = (0..<20).compactMap { _ in RawConnection(port: receiver.port) }
        #expect(silent.count == 20)
        silent.first?.write("GET /callback?code=")
        receiver.show(BrowserPage(title: "Done", text: ""))
        let url = try address("http://127.0.0.1:\(receiver.port)/callback?code=c&state=s")
        #expect(try await CurlClient().send(HTTPRequest("GET", url)).status == 200)
        let start = ContinuousClock.now
        await receiver.close()
        #expect(start.duration(to: .now) < .seconds(2))
        for connection in silent { connection.close() }
    }

    @Test func `it listens on 127.0.0.1 alone`() async throws {
        let receiver = try Self.open([])
        for host in ["[::1]", "127.0.0.2"] {
            let url = try address("http://\(host):\(receiver.port)/callback?code=c&state=s")
            let error = await #expect(throws: HTTPClientError.self) {
                try await CurlClient().send(HTTPRequest("GET", url))
            }
            #expect(error?.code == "unreachable", "\(host)")
        }
        await receiver.close()
    }
}

import Engine
import Testing

@Suite("HTTP client")
struct CurlClientTests {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    let client = CurlClient(userAgent: "tests")

    private func failure(_ request: HTTPRequest) async -> HTTPClientError? {
        do throws(HTTPClientError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    // MARK: What goes out

    @Test func `a request goes out as it was made`() async throws {
        let seen = Promise<String>()
        let server = try RawServer { connection in
            seen.settle(connection.read(until: "tail"))
            connection.write(Self.ok)
        }
        let request = HTTPRequest(
            "PUT", try server.url("/a%20b/c?d=e+f"), headers: ["X-One": "1", "X-Two": "2"],
            body: Data("head\0\u{E9}tail".utf8))
        #expect(try await client.send(request).body == Data("ok".utf8))
        let text = await seen.value
        #expect(text.hasPrefix("PUT /a%20b/c?d=e+f HTTP/1.1\r\n"))
        #expect(text.contains("\r\nX-One: 1\r\nX-Two: 2\r\n"))
        #expect(text.contains("\r\nUser-Agent: tests\r\n"))
        #expect(text.contains("\r\nContent-Length: 11\r\n"))
        #expect(!text.contains("Expect"))
        #expect(text.hasSuffix("\r\n\r\nhead\0\u{E9}tail"))
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func `an empty body is announced as one`(method: String) async throws {
        let seen = Promise<String>()
        let server = try RawServer { connection in
            seen.settle(connection.read(until: "\r\n\r\n"))
            connection.write(Self.ok)
        }
        _ = try await client.send(HTTPRequest(method, try server.url()))
        #expect(await seen.value.contains("\r\nContent-Length: 0\r\n"))
    }

    @Test(arguments: ["GET", "DELETE"])
    func `no body is no announcement`(method: String) async throws {
        let seen = Promise<String>()
        let server = try RawServer { connection in
            seen.settle(connection.read(until: "\r\n\r\n"))
            connection.write(Self.ok)
        }
        _ = try await client.send(HTTPRequest(method, try server.url()))
        #expect(await !seen.value.contains("Content-Length"))
    }

    static let injections: [(String, String, String)] = [
        ("GET", "X", "a\r\nX-Evil: 1"), ("GET", "X", "a\nX-Evil: 1"), ("GET", "X", "a\0b"),
        ("GET", "X", "\r\n\r\nGET /evil HTTP/1.1"), ("GET", "X", "a\u{7F}"),
        ("GET", "X", "\u{1B}[0m"),
        ("GET", "X\r\nX-Evil", "1"), ("GET", "X: 1\nX-Evil", ""),
        ("GET / HTTP/1.1\r\nX-Evil: 1\r\n\r\n", "X", "1"), ("GET /evil", "X", "1"), ("", "X", "1"),
    ]

    @Test(arguments: injections)
    func `nothing is smuggled in`(method: String, name: String, value: String) async throws {
        let server = try RawServer.answering(Self.ok)
        var headers: HTTPHeaders = [:]
        headers.append(name, value)
        let error = await failure(HTTPRequest(method, try server.url(), headers: headers))
        #expect(error?.code == "refused")
        #expect(server.connections == 0)
    }

    @Test(arguments: ["ftp", "gopher", "file"])
    func `another scheme is not spoken`(scheme: String) async throws {
        let server = try RawServer.answering(Self.ok)
        let address = scheme == "file" ? "/etc/passwd" : "127.0.0.1:\(server.port)/"
        let url = try #require(URL(string: "\(scheme)://\(address)"))
        // A file that was read would make an answer that nobody knows.
        #expect(await failure(HTTPRequest("GET", url))?.code == "unreachable")
        #expect(server.connections == 0)
    }

    @Test func `an address without a scheme is none`() async throws {
        #expect(await failure(HTTPRequest("GET", try #require(URL(string: "/path")))) != nil)
    }

    // MARK: What comes back

    @Test func `a redirect is an answer like any other`() async throws {
        let server = try RawServer.answering(
            "HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        let response = try await client.send(HTTPRequest("GET", try server.url()))
        #expect(response.status == 307)
        #expect(response.headers["location"] == "/elsewhere")
        #expect(server.connections == 1)
    }

    @Test func `fields keep their order and their doubles`() async throws {
        let server = try RawServer.answering(
            "HTTP/1.1 404 No\r\nB: 1\r\nA:  x: y \r\nb: 2\r\nEmpty:\r\nContent-Length: 0\r\n\r\n")
        let headers = try await client.send(HTTPRequest("GET", try server.url())).headers
        #expect(headers.values(for: "b") == ["1", "2"])
        #expect(headers["a"] == "x: y")
        #expect(headers["empty"]?.isEmpty == true)
        #expect(headers.fields.map(\.name) == ["B", "A", "b", "Empty", "Content-Length"])
    }

    @Test func `an interim answer leaves nothing behind`() async throws {
        let server = try RawServer.answering(
            "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 100 Go\r\n\r\n" + Self.ok)
        let response = try await client.send(HTTPRequest("GET", try server.url()))
        #expect(response.status == 200)
        #expect(response.headers.fields.map(\.name) == ["Content-Length"])
    }

    @Test func `HEAD waits for no body`() async throws {
        let server = try RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        let response = try await client.send(HTTPRequest("HEAD", try server.url()))
        #expect(response.headers["Content-Length"] == "9")
        #expect(response.body.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello world",
    ])
    func `a body at the limit is taken and one beyond is not`(answer: String) async throws {
        let server = try RawServer.answering(answer)
        let url = try server.url()
        let response = try await client.send(HTTPRequest("GET", url, maximumBody: 11))
        #expect(response.body == Data("hello world".utf8))
        #expect(
            await failure(HTTPRequest("GET", url, maximumBody: 10))
                == .answerTooLarge(host: "127.0.0.1", limit: 10))
    }

    @Test func `an endless body is given up`() async throws {
        let server = try RawServer { connection in
            _ = connection.read(until: "\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while connection.write(String(repeating: "a", count: 10_000)) {}
        }
        let error = await failure(HTTPRequest("GET", try server.url(), maximumBody: 100_000))
        #expect(error?.code == "answer_too_large")
    }

    @Test func `an endless header block is given up`() async throws {
        let server = try RawServer { connection in
            _ = connection.read(until: "\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X: " + String(repeating: "a", count: 5_000) + "\r\n") {}
        }
        let error = await failure(HTTPRequest("GET", try server.url(), timeout: .seconds(60)))
        #expect(error?.code == "answer_unknown")
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", "hello\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
    ])
    func `a cut or garbled answer may have been acted on`(answer: String) async throws {
        let server = try RawServer.answering(answer)
        let error = await failure(HTTPRequest("POST", try server.url(), body: Data("a".utf8)))
        #expect(error?.code == "answer_unknown")
        #expect(server.connections == 1)
    }

    // MARK: What does not come back

    @Test func `a closed port is unreachable`() async throws {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        socket.closeUnused()
        let url = try #require(URL(string: "http://127.0.0.1:\(socket.port)/"))
        let error = await failure(HTTPRequest("POST", url, body: Data("a".utf8)))
        guard case .unreachable(host: "127.0.0.1", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a name that nobody has is unreachable`() async throws {
        let url = try #require(URL(string: "http://nobody.invalid/"))
        #expect(await failure(HTTPRequest("GET", url))?.code == "unreachable")
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow"])
    func `an answer that takes too long is unknown`(start: String) async throws {
        let over = Promise<Void>()
        let server = try RawServer { connection in
            _ = connection.read(until: "\r\n\r\n")
            connection.write(start)
            _ = connection.read(until: "never")
            over.settle(())
        }
        let began = ContinuousClock.now
        let request = HTTPRequest("GET", try server.url(), timeout: .milliseconds(200))
        #expect(await failure(request)?.code == "answer_unknown")
        #expect(.now - began < .seconds(5))
        #expect(await over.value(within: .seconds(5)) != nil)
    }

    @Test(arguments: [Duration.zero, .microseconds(1), .seconds(-1)])
    func `no time is not unlimited time`(timeout: Duration) async throws {
        let server = try RawServer { _ = $0.read(until: "never") }
        let request = HTTPRequest("GET", try server.url(), timeout: timeout)
        let running = Task { await failure(request) }
        let late = Task {
            try await Task.sleep(for: .seconds(5))
            running.cancel()
        }
        let error = await running.value
        late.cancel()
        #expect(error != nil)
        #expect(error != .cancelled)
    }

    @Test func `cancelling ends the wait at once`() async throws {
        let asked = Promise<Void>()
        let server = try RawServer { connection in
            _ = connection.read(until: "\r\n\r\n")
            asked.settle(())
            _ = connection.read(until: "never")
        }
        let request = HTTPRequest("GET", try server.url(), timeout: .seconds(60))
        let running = Task { await failure(request) }
        await asked.value
        let began = ContinuousClock.now
        running.cancel()
        #expect(await running.value == .cancelled)
        #expect(.now - began < .seconds(5))
    }

    @Test(arguments: ["", Self.ok])
    func `a server without TLS is no trusted connection`(answer: String) async throws {
        let server = try RawServer { connection in
            _ = connection.read(until: "\u{0}")
            connection.write(answer)
        }
        let url = try #require(URL(string: "https://127.0.0.1:\(server.port)/"))
        let error = await failure(HTTPRequest("POST", url, body: Data("secret".utf8)))
        #expect(error?.code == "insecure_connection")
    }
}

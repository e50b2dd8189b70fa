import Engine
import ProviderKit
import Testing

/// Server-sent events through a socket.
@Suite("Event stream")
struct EventStreamTests {
    /// A server with Acme's routes, its address, and what delivers to it.
    static func open(
        _ body: (Desk, MicroHTTPServer, URL) async throws -> Void
    ) async throws {
        try await Desk.open(["ACME_WEBHOOK_SECRET": "s"]) { desk in
            let server = try MicroHTTPServer(on: [ListeningSocket(.loopbackIPv4, port: 0)]) {
                await desk.router.respond(to: $0)
            }
            let address = "http://127.0.0.1:\(server.ports[0])/v1/admin/events"
            do {
                try await body(desk, server, try #require(URL(string: address)))
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    static func deliver(_ id: Int, type: String = "t", _ desk: Desk) async {
        let answer = await desk.deliver(
            EventShelf.delivery(id: "\"\(id)\"", type: "\"\(type)\""), secret: "s")
        #expect(answer.status == 200)
    }

    /// Reads until the task is cancelled or the stream ends.
    static func read(
        _ address: URL, _ query: String,
        _ receive: @escaping @Sendable (EventStreamReader.Message) -> Void
    ) throws -> Task<Void, any Error> {
        let reader = Locked(EventStreamReader())
        let request = HTTPRequest(
            "GET", try #require(URL(string: address.absoluteString + query)),
            headers: ["Authorization": "Bearer \(Desk.adminKey)"], timeout: .seconds(30))
        return Task {
            _ = try await CurlClient().stream(request) { bytes in
                for message in reader.withLock({ $0.read(bytes) }) { receive(message) }
            }
        }
    }

    /// Reads until there are `count` events, or the stream ends.
    static func follow(
        _ address: URL, _ query: String = "?stream=true", last: String? = nil, until count: Int,
        meanwhile: () async throws -> Void = {}
    ) async throws -> (ids: [String], cursor: String?) {
        let reader = Locked(EventStreamReader())
        let seen = Locked<(ids: [String], cursor: String?)>(([], nil))
        var request = HTTPRequest(
            "GET", try #require(URL(string: address.absoluteString + query)),
            headers: ["Authorization": "Bearer \(Desk.adminKey)"], timeout: .seconds(30))
        request.headers["Last-Event-ID"] = last
        let sent = request
        let reading = Task {
            try await CurlClient().stream(sent) { bytes in
                let messages = reader.withLock { $0.read(bytes) }
                seen.withLock { seen in
                    for message in messages {
                        seen.cursor = message.id
                        guard let data = message.data else { continue }
                        seen.ids.append(JSONValue(decoding: data)?["id"]?.string ?? "?")
                    }
                }
            }
        }
        for _ in 0..<500 where seen.withLock({ $0.cursor }) == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await meanwhile()
        for _ in 0..<500 where seen.withLock({ $0.ids.count }) < count {
            try await Task.sleep(for: .milliseconds(10))
        }
        reading.cancel()
        _ = try? await reading.value
        return seen.withLock { $0 }
    }

    @Test func `what arrives is written, and what was there before is not`() async throws {
        try await Self.open { desk, _, address in
            await Self.deliver(1, desk)
            let seen = try await Self.follow(address, until: 3) {
                for id in 2...4 { await Self.deliver(id, desk) }
                await Self.deliver(3, desk)
            }
            #expect(seen.ids == ["2", "3", "4"])
        }
    }

    @Test func `a client that comes back goes on after what it saw`() async throws {
        try await Self.open { desk, _, address in
            for id in 1...3 { await Self.deliver(id, desk) }
            let first = try await Self.follow(address, "?stream=true&after=0", until: 3)
            #expect(first.ids == ["1", "2", "3"])
            for id in 4...5 { await Self.deliver(id, desk) }
            let second = try await Self.follow(
                address, "?stream=true&after=0", last: first.cursor, until: 2)
            #expect(second.ids == ["4", "5"])
        }
    }

    @Test func `a stream is of what was asked for`() async throws {
        try await Self.open { desk, _, address in
            let seen = try await Self.follow(address, "?stream=true&event=x", until: 1) {
                await Self.deliver(1, desk)
                await Self.deliver(2, type: "x", desk)
            }
            #expect(seen.ids == ["2"])
        }
    }

    @Test func `a silent stream says every few seconds where it is, past what nobody asked for`()
        async throws
    {
        try await Self.open { desk, _, address in
            let asked = try await Self.follow(address, "?stream=true&event=x", until: 0)
            let begun = try #require(asked.cursor.flatMap { Int64($0) })
            let cursors = Locked<[String?]>([])
            let reading = try Self.read(address, "?stream=true&event=x") { message in
                cursors.withLock { $0.append(message.id) }
            }
            for _ in 0..<500 where cursors.withLock({ $0.isEmpty }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            await Self.deliver(1, desk)
            for _ in 0..<900 where cursors.withLock({ $0.count }) < 2 {
                try await Task.sleep(for: .milliseconds(10))
            }
            reading.cancel()
            _ = try? await reading.value
            #expect(cursors.withLock { $0.last } == "\(begun + 1)")
        }
    }

    @Test func `the log says once that the database is away, and the stream stays`() async throws {
        try await Self.open { desk, _, address in
            let reading = try Self.read(address, "?stream=true") { _ in }
            for _ in 0..<3 {
                _ = try await Self.follow(address, "?stream=true&after=0", until: 0)
            }
            await desk.database.close()
            try await Task.sleep(for: .seconds(2))
            let lines = desk.log.withLock { $0 }.split(separator: "\n")
            #expect(lines.filter { $0.contains(#""event":"database""#) }.count == 1)
            reading.cancel()
            _ = try? await reading.value
        }
    }

    @Test func `what another process stores is written, too`() async throws {
        try await Self.open { desk, _, address in
            let other = try desk.restarted()
            let seen = try await Self.follow(address, until: 1) { await Self.deliver(1, other) }
            #expect(seen.ids == ["1"])
        }
    }

    @Test func `more events than a connection holds all arrive`() async throws {
        try await Self.open { desk, _, address in
            let source = try #require(Acme().webhook)
            let filling = String(repeating: "x", count: 10_000)
            let arrivals = (0..<300).map { id in
                EventStore.Arrival(
                    Data(EventShelf.delivery(id: "\"\(id)\"", data: #"{"x":"\#(filling)"}"#).utf8),
                    from: "acme", reading: source)
            }
            _ = await EventStore(desk.database).append(arrivals)
            let seen = try await Self.follow(address, "?stream=true&after=0", until: 300)
            #expect(seen.ids == (0..<300).map { "\($0)" })
        }
    }

    @Test func `streams end with the server, at once`() async throws {
        try await Self.open { desk, server, address in
            let start = ContinuousClock.now
            _ = try await Self.follow(address, until: 1) {
                await Self.deliver(1, desk)
                await server.stop()
            }
            #expect(start.duration(to: .now) < .seconds(8))
        }
    }

    @Test func `beyond their number there is no stream, and one that ends makes room`()
        async throws
    {
        try await Self.open { desk, _, address in
            var answers: [HTTPResponse] = []
            for _ in 0..<33 {
                answers.append(
                    await desk.router.respond(
                        to: ServerRequest(
                            method: "GET", target: "/v1/admin/events",
                            headers: [
                                "Authorization": "Bearer \(Desk.adminKey)",
                                "Accept": "text/event-stream",
                            ])))
            }
            #expect(answers.filter { $0.status == 200 && $0.stream != nil }.count == 32)
            #expect(answers.last?.status == 503 && answers.last?.headers["Retry-After"] == "5")
            for answer in answers { answer.stream?.end() }
            for _ in 0..<300 {
                let seen = try await Self.follow(address, "?stream=true&limit=1", until: 0)
                if seen.cursor != nil { return }
            }
            Issue.record("no place became free")
        }
    }
}

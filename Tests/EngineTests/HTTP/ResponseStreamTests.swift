import Engine
import Testing

@Suite("Response stream")
struct ResponseStreamTests {
    private static let piece = 64 << 10
    private static let count = 600

    private static func letter(_ number: Int) -> UInt8 { UInt8(ascii: "a") + UInt8(number % 26) }

    /// Writes pieces of one letter each; answers how many went out.
    private static func write(_ stream: ResponseStream, _ written: Locked<Int>) async {
        for number in 0..<count {
            let text = [UInt8](repeating: letter(number), count: piece)
            guard await stream.write(String(decoding: text, as: UTF8.self)) else { return }
            written.withLock { $0 += 1 }
        }
        stream.end()
    }

    @Test func `a client that does not read holds the writer back, and misses nothing`()
        async throws
    {
        let (stream, written) = (ResponseStream(), Locked(0))
        let server = try MicroHTTPServer(on: [ListeningSocket(.loopbackIPv4, port: 0)]) { _ in
            .streaming("text/plain", stream)
        }
        let client = try #require(RawConnection(port: server.ports[0]))
        client.write("GET / HTTP/1.0\r\n\r\n")
        let writing = Task { await Self.write(stream, written) }
        var before = -1
        while before != written.withLock({ $0 }) {
            before = written.withLock { $0 }
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(before > 0 && before < Self.count, "the rest waits")
        let answer = await BlockingCall.run { client.read(count: .max) }
        await writing.value
        let body = answer.dropFirst(answer.count - Self.count * Self.piece)
        #expect(String(decoding: answer.dropLast(body.count), as: UTF8.self).hasSuffix("\r\n\r\n"))
        for number in 0..<Self.count {
            let piece = body.dropFirst(number * Self.piece).prefix(Self.piece)
            #expect(piece.first == Self.letter(number) && piece.last == Self.letter(number))
        }
        client.close()
        await server.stop()
    }
}

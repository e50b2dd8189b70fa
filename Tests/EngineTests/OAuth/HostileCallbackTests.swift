import Engine
import Foundation
import Testing

/// A login that waits while everything else that can connect does.
@Suite("the callback receiver under attack", .serialized) struct HostileCallbackTests {
    private static let sockets = 2_000
    private static let requests = 8_000

    /// Each is sent as it is; none holds the right state.
    private static let requestKinds: [String] = [
        "GET /callback?code=a&state=wrong HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?code=a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?error=access_denied HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?state=STATE&state=STATE&code=a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?code=a&state=STATE HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n",
        "GET /other?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback/../callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "POST /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\ncode=a&st",
        "POST /callback HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        "HEAD /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "OPTIONS /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\n\r\n",
        "PUT /callback?state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?%zz HTTP/1.1\r\nHost: HOST\r\n\r\n", "nonsense\r\n\r\n", "\r\n\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /callback HTTP/1.1\r\nHost: HOST\r\nX: " + String(repeating: "x", count: 40_000)
            + "\r\n\r\n",
        "GET /callback?" + String(repeating: "y", count: 30_000)
            + " HTTP/1.1\r\nHost: HOST\r\n\r\n",
    ]

    /// Left open: silent, half of a request line, half of a head, a TLS hello.
    private static let openings = [
        "", "G", "GET /callback?sta", "GET /callback HTTP/1.1\r\nHost: HOST\r\nX:",
        "\u{16}\u{03}\u{01}\u{02}",
    ]

    @Test func `a client that says it sends no more costs no turn after turn`() async throws {
        let receiver = try LoopbackReceiver(ports: [], path: "/callback", state: Secret("s")) { _ in
        }
        let client = try #require(RawConnection(port: receiver.port, patience: 3_000))
        client.write("GET /callback?sta")
        client.finishWriting()
        #expect(await BlockingCall.run { client.readAll() } == "", "it is closed at once")
        client.close()
        await receiver.close()
    }

    @Test func `the right callback comes through, and quickly`() async throws {
        let state = Secret(Random.token())
        let strays = Locked([LoopbackReceiver.Stray: Int]())
        let receiver = try LoopbackReceiver(ports: [], path: "/callback", state: state) { stray in
            strays.withLock { $0[stray, default: 0] += 1 }
        }
        let waiting = Task { try await receiver.response(within: .seconds(120)) }
        let attack = Attack(port: receiver.port, state: "STATE")
        let open = await attack.open(Self.sockets, Self.openings)
        await attack.send(Self.requests, Self.requestKinds)

        receiver.show(BrowserPage(title: "done", text: "it is over"))
        let address = try #require(
            URL(string: "\(receiver.redirectURI)?code=right&state=\(state.reveal())"))
        let start = ContinuousClock.now
        let page = try await CurlClient().send(HTTPRequest("GET", address))
        let took = start.duration(to: .now)
        #expect(page.status == 200)
        #expect(took < .seconds(1), "the right callback took \(took)")
        guard case .code(let code) = try await waiting.value.result else {
            Issue.record("the receiver settled on something else")
            return
        }
        #expect(code == Secret("right"))
        #expect(strays.withLock { $0[.state] ?? 0 } > 100)
        #expect(strays.withLock { $0[.tls] ?? 0 } > 0)
        for descriptor in open { close(descriptor) }
        await receiver.close()
        let again = try ListeningSocket(.loopbackIPv4, port: receiver.port)
        again.closeUnused()
    }
}

/// Clients that keep no rule.
private struct Attack: Sendable {
    let port: UInt16
    let state: String

    /// Sockets that say a little and then nothing; descriptors are capped by what a process gets.
    func open(_ count: Int, _ texts: [String]) async -> [Int32] {
        await BlockingCall.run {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return (0..<count).compactMap { number in
                guard let socket = connect() else { return nil }
                say(texts[number % texts.count], socket)
                return socket
            }
        }
    }

    /// Requests one after another on connections of their own; some answers are read.
    func send(_ count: Int, _ texts: [String]) async {
        await BlockingCall.run {
            for number in 0..<count {
                guard let socket = connect() else { continue }
                say(texts[number % texts.count], socket)
                if number % 3 == 0 { readABit(socket) }
                close(socket)
            }
        }
    }

    private func say(_ text: String, _ socket: Int32) {
        let host = "127.0.0.1:\(port)"
        let bytes = Array(text.replacing("HOST", with: host).utf8)
        _ = bytes.withUnsafeBytes {
            Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    private func readABit(_ socket: Int32) {
        var patience = timeval(tv_sec: 0, tv_usec: 20_000)
        setsockopt(
            socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var bytes = [UInt8](repeating: 0, count: 512)
        _ = recv(socket, &bytes, bytes.count, 0)
    }

    private func connect() -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

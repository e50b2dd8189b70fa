import Engine
import ProviderKit
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a login leaves open to others while it waits, and after it (RFC 8252 §8.3).
@Suite("Callback port")
struct CallbackPortTests {
    /// The login that just ended frees its port within a second.
    static func expectFree(
        _ stage: LoginStage, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let ended = ContinuousClock.now
        let port = try #require(boundPort(stage), sourceLocation: place)
        while ended.duration(to: .now) < .seconds(1) {
            if let socket = try? ListeningSocket(.loopbackIPv4, port: port) {
                return socket.closeUnused()
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("port \(port) is still in use", sourceLocation: place)
    }

    static func boundPort(_ stage: LoginStage) -> UInt16? {
        stage.reported.lazy.compactMap { event in
            guard case .authorizing(let what) = event else { return nil }
            return URL(string: what.callback)?.port.flatMap { UInt16(exactly: $0) }
        }.first
    }

    @Test func `it is free after success`() async throws {
        try await LoginStage.set { stage in
            _ = try await stage.connect()
            try await Self.expectFree(stage)
        }
    }

    @Test func `it is free after a refusal`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = .deny
            #expect(await stage.refusal()?.code == "consent_denied")
            try await Self.expectFree(stage)
        }
    }

    @Test func `it is free after a failed exchange`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.token = [.page(status: 500)]
            #expect(await stage.refusal()?.code == "exchange_failed")
            try await Self.expectFree(stage)
        }
    }

    @Test func `it is free after the wait was over`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = .ignore
            let refusal = await stage.refusal { $0.timeout = .milliseconds(100) }
            #expect(refusal?.code == "callback_timeout")
            try await Self.expectFree(stage)
        }
    }

    @Test func `it is free after an interruption`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = .ignore
            let running = Task { await stage.refusal() }
            while stage.shown.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            running.cancel()
            let refusal = await running.value
            #expect(refusal?.code == "interrupted")
            try await Self.expectFree(stage)
        }
    }

    @Test func `nobody else can listen on it while a login waits, sharing or not`() async throws {
        let receiver = try LoopbackPortTests.open([])
        for host in ["127.0.0.1", "0.0.0.0"] {
            let error = #expect(throws: SocketError.self) {
                try ListeningSocket(.init(host), port: receiver.port)
            }
            #expect(error?.isInUse == true)
        }
        #expect(!Self.canShare(receiver.port))
        await receiver.close()
    }

    /// Whether a socket that asks to share the port gets it.
    static func canShare(_ port: UInt16) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        var yes: Int32 = 1
        for option in [SO_REUSEADDR, SO_REUSEPORT] {
            setsockopt(descriptor, SOL_SOCKET, option, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        } == 0
    }

    @Test func `no other address of this machine leads to it`() async throws {
        let receiver = try LoopbackPortTests.open([])
        for host in Self.addresses() {
            let url = try address("http://\(host):\(receiver.port)/callback?code=c&state=s")
            let error = await #expect(throws: HTTPClientError.self) {
                try await CurlClient().send(HTTPRequest("GET", url, timeout: .seconds(2)))
            }
            #expect(error?.code == "unreachable", "\(host)")
        }
        await receiver.close()
    }

    /// The IPv4 addresses of this machine but for the loopback one.
    static func addresses() -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr,
                Int32(address.pointee.sa_family) == AF_INET
            else { continue }
            var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                var bytes = pointer.pointee.sin_addr
                _ = inet_ntop(AF_INET, &bytes, &text, socklen_t(INET_ADDRSTRLEN))
            }
            found.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        }
        return found.filter { !$0.hasPrefix("127.") }
    }
}

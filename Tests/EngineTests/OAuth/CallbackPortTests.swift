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
            return what.callback.flatMap { URL(string: $0) }?.port.flatMap { UInt16(exactly: $0) }
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
            let started = ContinuousClock.now
            while stage.shown.isEmpty, started.duration(to: .now) < .seconds(5) {
                try await Task.sleep(for: .milliseconds(5))
            }
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

    private static let hasIPv6 =
        (try? ListeningSocket(.loopbackIPv6, port: 0))?.closeUnused() != nil

    @Test(.enabled(if: hasIPv6)) func `without 127.0.0.1 it is on the other loopback address`()
        async throws
    {
        // An address for documentation is no machine's own.
        let receiver = try LoopbackReceiver(
            ports: [], path: "/callback", state: Secret("s"),
            addresses: [.init("192.0.2.1"), .loopbackIPv6]
        ) { _ in }
        #expect(receiver.redirectURI == "http://[::1]:\(receiver.port)/callback")
        receiver.show(BrowserPage(title: "Done", text: ""))
        let url = try address("\(receiver.redirectURI)?code=c&state=s")
        #expect(try await CurlClient().send(HTTPRequest("GET", url)).status == 200)
        await receiver.close()
    }

    @Test func `without any loopback address it says so`() throws {
        let error = #expect(throws: OAuthError.self) {
            try LoopbackReceiver(
                ports: [], path: "/callback", state: Secret("s"),
                addresses: [.init("192.0.2.1"), .init("2001:db8::1")]
            ) { _ in }
        }
        #expect(error?.description == "no port of this machine's loopback is free")
    }

    @Test func `a browser that tries https is told the scheme`() async throws {
        try await LoginStage.set { stage in
            var stage = stage
            let visit = stage.visit
            stage.visit = { url in
                let query = FormURLEncoding.decode(url.query() ?? "") ?? []
                let redirect = query.first { $0.name == "redirect_uri" }?.value ?? ""
                if let https = URL(string: redirect.replacing("http://", with: "https://")) {
                    _ = try? await CurlClient().send(HTTPRequest("GET", https))
                }
                await visit(url)
            }
            _ = try await stage.connect()
            let hint = stage.reported.contains {
                guard case .warning(let text) = $0 else { return false }
                return text.contains("must begin with http://")
            }
            #expect(hint)
        }
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

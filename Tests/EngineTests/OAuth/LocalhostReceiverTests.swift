import Engine
import ProviderKit
import Testing

@Suite("A redirect URI that says localhost")
struct LocalhostReceiverTests {
    private static func receiver(_ ports: [UInt16] = []) throws(OAuthError) -> LoopbackReceiver {
        try LoopbackReceiver(
            ports: ports, path: "/callback", state: Secret("s"), isNamedLocalhost: true
        ) { _ in }
    }

    @Test(arguments: ["127.0.0.1", "[::1]"])
    func `it is heard on either address, by that name alone`(host: String) async throws {
        let receiver = try Self.receiver()
        #expect(receiver.redirectURI == "http://localhost:\(receiver.port)/callback")
        let url = try address("http://\(host):\(receiver.port)/callback?code=c&state=s")
        let stranger = try await CurlClient().send(HTTPRequest("GET", url))
        #expect(stranger.status == 421, "that is not what the URI says")
        let waiting = Task { try await receiver.response(within: .seconds(5)) }
        let named = HTTPRequest("GET", url, headers: ["Host": "localhost:\(receiver.port)"])
        receiver.show(BrowserPage(title: "t", text: "x"))
        #expect(try await CurlClient().send(named).status == 200)
        _ = try await waiting.value
        await receiver.close()
        let again = try ListeningSocket(.loopbackIPv6, port: receiver.port)
        again.closeUnused()
    }

    @Test func `a port that somebody has on the other address is not taken`() async throws {
        let taken = try ListeningSocket(.loopbackIPv6, port: 0)
        defer { taken.closeUnused() }
        let free = try ListeningSocket(.loopbackIPv4, port: 0)
        free.closeUnused()
        let receiver = try Self.receiver([taken.port, free.port])
        #expect(receiver.port == free.port)
        await receiver.close()
        #expect(throws: OAuthError.self) { try Self.receiver([taken.port]) }
    }

    @Test func `a provider says so, and the exchange repeats it`() async throws {
        try await LoginStage.set { stage in
            var provider = Variant()
            provider.redirectHost = .localhost
            _ = try await stage.connect(provider)
            let uri = stage.server.requests(to: "/authorize").first?["redirect_uri"]
            #expect(uri?.hasPrefix("http://localhost:") == true)
            #expect(stage.server.requests(to: "/token").first?["redirect_uri"] == uri)
        }
    }
}

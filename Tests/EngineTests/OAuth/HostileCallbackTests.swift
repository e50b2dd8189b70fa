import Engine
import Foundation
import ProviderKit
import Testing

/// A login that waits while everything else that can connect does.
@Suite("the callback receiver under attack", .serialized) struct HostileCallbackTests {
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

    /// To libmicrohttpd, empty lines and what it takes for one begin no request yet.
    @Test(arguments: ["\r\n\r\n\r\n", "\0\r\n\r\n"])
    func `a head that never becomes a request takes no place`(head: String) async throws {
        let receiver = try LoopbackReceiver(ports: [], path: "/callback", state: Secret("s")) { _ in
        }
        let crowd = HostileCrowd(port: receiver.port, says: [head])
        #expect(await crowd.strike(3_000) == 600)
        let address = try #require(URL(string: "\(receiver.redirectURI)?state=another"))
        #expect(try await CurlClient().send(HTTPRequest("GET", address)).status == 400)
        crowd.leave()
        await receiver.close()
    }

    @Test func `the right callback comes through, and quickly`() async throws {
        let state = Secret(Random.token())
        let strays = Locked([LoopbackReceiver.Stray: Int]())
        let receiver = try LoopbackReceiver(ports: [], path: "/callback", state: state) { stray in
            strays.withLock { $0[stray, default: 0] += 1 }
        }
        let waiting = Task { try await receiver.response(within: .seconds(120)) }
        let crowd = HostileCrowd(port: receiver.port)
        #expect(await crowd.strike(10_000) == 2_000)

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
        crowd.leave()
        await receiver.close()
        let again = try ListeningSocket(.loopbackIPv4, port: receiver.port)
        again.closeUnused()
    }
}

import Engine
import Testing

@Suite("PKCE")
struct PKCETests {
    @Test func `the challenge is that of RFC 7636 appendix B`() throws {
        let pkce = try PKCE(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(pkce.verifier.reveal() == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    @Test func `ten thousand verifiers differ and are spelled as the RFC wants`() throws {
        let unreserved = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        var seen: Set<String> = []
        for _ in 0..<10_000 {
            let verifier = Random.token()
            #expect((43...128).contains(verifier.utf8.count))
            #expect(verifier.utf8.allSatisfy(unreserved.contains))
            seen.insert(verifier)
        }
        #expect(seen.count == 10_000)
    }

    @Test func `each login has one of its own`() throws {
        let (first, second) = (try PKCE(), try PKCE())
        #expect(first.verifier != second.verifier)
        #expect(first.challenge != second.challenge)
        #expect(first.challenge.utf8.count == 43)
        #expect(!first.challenge.contains("="))
    }

    @Test func `the verifier is not printed`() throws {
        let pkce = try PKCE(verifier: "hunter2-hunter2-hunter2-hunter2-hunter2-hunter2")
        #expect(!"\(pkce)".contains("hunter2"))
    }
}

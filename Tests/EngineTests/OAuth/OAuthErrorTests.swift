import Engine
import Testing

@Suite("OAuth error")
struct OAuthErrorTests {
    static let sentences: [(OAuthError, String, String)] = [
        (.unsupported(host: "h"), "oauth_unsupported", "'h' has no OAuth server"),
        (
            .discoveryFailed(host: "h", reason: "r"), "discovery_failed",
            "the OAuth metadata of 'h' cannot be used: r"
        ),
        (
            .issuerMismatch(expected: "a", found: "b"), "issuer_mismatch",
            "the answer comes from the issuer 'b' instead of 'a'"
        ),
        (
            .portUnavailable(ports: [8423, 8424, 8425]), "port_unavailable",
            "ports 8423–8425 on 127.0.0.1 are all in use"
        ),
        (
            .portUnavailable(ports: [8423, 9000]), "port_unavailable",
            "ports 8423, 9000 on 127.0.0.1 are all in use"
        ),
        (.portUnavailable(ports: [8423]), "port_unavailable", "port 8423 on 127.0.0.1 is in use"),
        (
            .portUnavailable(ports: []), "port_unavailable",
            "no port of this machine's loopback is free"
        ),
        (.consentDenied, "consent_denied", "the consent was declined"),
        (
            .authorizationFailed(code: "c", text: nil), "authorization_failed",
            "the authorization server answered 'c'"
        ),
        (
            .authorizationFailed(code: "c", text: "t"), "authorization_failed",
            #"the authorization server answered 'c', in its words: "t""#
        ),
        (
            .stateMismatch, "state_mismatch",
            "only callbacks with a wrong state came, and the wait is over"
        ),
        (
            .callbackTimeout(.seconds(300)), "callback_timeout",
            "no callback came within 5 minutes"
        ),
        (
            .exchangeFailed(reason: "r"), "exchange_failed",
            "the code was not exchanged for tokens: r"
        ),
    ]

    @Test(arguments: sentences)
    func `each has a word and a sentence`(error: OAuthError, code: String, text: String) {
        #expect(error.code == code)
        #expect(error.description == text)
        #expect(Verdict(rawValue: error.code) != nil)
        #expect((error.hint == nil) == (code == "oauth_unsupported"))
    }

    @Test(arguments: [
        (60, "1 minute"), (300, "5 minutes"), (90, "90 seconds"), (1, "1 second"),
        (0, "0 seconds"), (3600, "60 minutes"),
    ])
    func `a wait is told in minutes or seconds`(seconds: Int, words: String) {
        #expect(Duration.seconds(seconds).inWords == words)
    }
}

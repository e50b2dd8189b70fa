import Engine
import Testing

@Suite("Provision error")
struct ProvisionErrorTests {
    static let sentences: [(ProvisionError, String, String)] = [
        (
            .unauthorized(provider: "acme"), "unauthorized",
            "the service no longer takes the stored credential"
        ),
        (
            .missingScope("a:b", provider: "acme"), "missing-scope",
            "the stored credential lacks the scope 'a:b'"
        ),
        (
            .missingScope(nil, provider: "acme"), "missing-scope",
            "the stored credential lacks a permission"
        ),
        (
            .keysRefused(reason: "the keys are of two applications"), "keys-refused",
            "the keys are of two applications"
        ),
        (
            .answerIsNot("a hook", step: "reading it"), "api-error",
            "reading it got no usable answer: the answer is not a hook"
        ),
        (
            .notKept("enabled", by: "Acme", step: "writing it"), "api-error",
            "writing it got no usable answer: Acme did not keep the field 'enabled'"
        ),
        (
            .unsupportedInstance(host: "h", reason: "r"), "unsupported-instance",
            "'h' cannot be provisioned: r"
        ),
        (
            .projectDiscoveryFailed(reason: "r", candidates: []), "project-discovery-failed", "r"
        ),
        (
            .unexpectedAnswer(step: "GET /x", status: 500, detail: "d"), "api-error",
            #"GET /x got status 500, in the service's words: "d""#
        ),
        (
            .unexpectedAnswer(step: "GET /x", status: nil, detail: nil), "api-error",
            "GET /x got no usable answer"
        ),
    ]

    @Test(arguments: sentences)
    func `each has a word, a sentence and a remedy`(
        error: ProvisionError, code: String, text: String
    ) {
        #expect(error.code == code && error.description == text)
        #expect(error.hint?.isEmpty == false)
    }

    @Test func `how to get a permission depends on how users prove who they are`() {
        let error = ProvisionError.missingScope("a:b", provider: "acme")
        let keys = Authentication.keys([KeyField("k", label: "key")], use: .bearer(field: "k"))
        #expect(
            error.hint(for: keys)
                == "give the key this permission, or paste another with `hogsend connect acme`")
        #expect(
            error.hint(for: .deviceCode(clientID: "c"))
                == "run `hogsend connect acme` again and leave every permission ticked")
        #expect(error.hint?.contains("ticked") == false)
        let other = ProvisionError.unauthorized(provider: "acme")
        #expect(other.hint(for: keys) == other.hint)
    }

    @Test(arguments: sentences)
    func `no text of one is left out where a key is to be hidden`(
        error: ProvisionError, code: String, text: String
    ) {
        let cleaned = error.cleaned { String(repeating: "*", count: $0.count) }
        #expect(cleaned.code == code)
        for word in ["a:b", "two applications", "a hook", "Acme", ": r", "/x", #""d""#] {
            #expect(!cleaned.description.contains(word))
        }
        #expect(error.cleaned { $0 } == error)
    }
}

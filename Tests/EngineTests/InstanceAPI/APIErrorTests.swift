import Engine
import Testing

@Suite("API error")
struct APIErrorTests {
    @Test func `its documents are pinned`() {
        let errors = [
            (APIError.unauthorized, 401, #"{"error":"Unauthorized"}"#),
            (
                APIError(409, "e", detail: "d", remediation: "r", more: ["known": ["a"]]), 409,
                #"{"detail":"d","error":"e","known":["a"],"remediation":"r"}"#
            ),
            (
                APIError(500, "e", more: ["error": "evil", "detail": "evil"]), 500,
                #"{"error":"e"}"#
            ),
        ]
        for (error, status, text) in errors {
            #expect(error.response.status == status)
            #expect(String(decoding: error.response.body, as: UTF8.self) == text)
            #expect(error.response.mediaType == "application/json")
        }
    }

    @Test(arguments: [
        ("acme", "/v1/admin/provider-credentials/acme"),
        ("../events", "/v1/admin/provider-credentials/..%2Fevents"),
        ("a b?c#d", "/v1/admin/provider-credentials/a%20b%3Fc%23d"),
        ("ü", "/v1/admin/provider-credentials/%C3%BC"),
    ])
    func `a name is one segment of a path`(name: String, path: String) {
        #expect(APIPath.credential(name) == path)
    }
}

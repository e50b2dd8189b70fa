import Engine
import Testing

@Suite("Authorization response")
struct AuthorizationResponseTests {
    /// One line for each outcome, so that a table can name it.
    func outcome(_ query: String) throws -> String {
        let response = AuthorizationResponse(try #require(FormURLEncoding.decode(query)))
        switch response.result {
        case .code(let code): return "code \(code.reveal())"
        case .denied: return "denied"
        case .error(let code, let text): return "error \(code) \(text ?? "-")"
        case .malformed: return "malformed"
        }
    }

    @Test(arguments: [
        ("code=c&state=s", "code c"), ("state=s&code=a%2Bb+c&x=1&x=2", "code a+b c"),
        ("code=c&error=", "code c"), ("code=&error=access_denied", "denied"),
        ("error=access_denied&error_description=No", "denied"),
        ("error=server_error", "error server_error -"),
        ("error=temporarily_unavailable&error_description=", "error temporarily_unavailable -"),
        ("error=invalid_scope&error_description=what+scope", "error invalid_scope what scope"),
        ("error=Access_Denied", "error Access_Denied -"), ("code=c&code=", "code c"),
    ])
    func `it is a code, a denial or an error`(query: String, expected: String) throws {
        #expect(try outcome(query) == expected)
    }

    @Test(arguments: [
        "", "state=s", "code=&state=s", "code=&error=", "code=c&error=access_denied",
        "code=c&code=c", "code=c&state=s&state=s", "code=c&state=s&state=t",
        "error=a&error=b", "error=a&error_description=b&error_description=c",
        "error=a&error_uri=b&error_uri=c", "code=c&iss=a&iss=a", "Code=c", "code%00=c",
    ])
    func `an answer with doubles, both or neither is malformed`(query: String) throws {
        #expect(try outcome(query) == "malformed")
    }

    @Test(arguments: [
        ("error=a%1B%5B31m&error_description=x%1B%5D0%3Btitle%07y", "error a [31m x ]0;title y"),
        ("error=a&error_description=x%0D%0Aerror:+y%09z", "error a x error: y z"),
        ("error=a&error_description=%E2%80%AEabc%E2%80%8B", "error a abc"),
        ("error=a&error_description=x%C2%9B31my", "error a x 31my"),
        ("error=a&error_description=%00", "error a "),
    ])
    func `a stranger's words cannot act on the terminal`(query: String, expected: String) throws {
        #expect(try outcome(query) == expected)
    }

    @Test func `a stranger's words are short`() throws {
        let long = String(repeating: "x", count: 5000)
        let text = try outcome("error=\(long)&error_description=\(long)")
        #expect(text.count == "error  ".count + 60 + 300)
    }

    @Test(arguments: [("iss=", nil), ("iss=a%20b", "a b"), ("", nil)])
    func `an empty issuer is none`(query: String, issuer: String?) throws {
        let response = AuthorizationResponse(try #require(FormURLEncoding.decode(query)))
        #expect(response.issuer == issuer)
    }

    @Test func `a code is not printed`() throws {
        let pairs = try #require(FormURLEncoding.decode("code=hunter2"))
        #expect(!"\(AuthorizationResponse(pairs))".contains("hunter2"))
    }
}

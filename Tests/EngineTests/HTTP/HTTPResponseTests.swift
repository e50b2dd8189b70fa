import Engine
import Testing

@Suite("Answer")
struct HTTPResponseTests {
    @Test(arguments: [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"), ("text/html;", "text/html"),
        (" text/html ; x", "text/html"), ("", nil),
    ])
    func `its media type has no parameters`(field: String, type: String?) {
        let response = HTTPResponse(status: 200, headers: ["content-type": field])
        #expect(response.mediaType == type)
    }

    @Test(arguments: [
        ("0", Duration.seconds(0)), ("120", .seconds(120)), (" 5 ", .seconds(5)),
        ("99999999", .seconds(86_400)), ("-1", nil), ("1.5", nil), ("soon", nil), ("", nil),
        ("Wed, 21 Oct 2015 07:28:00 GMT", .zero), ("99999999999999999999", nil),
    ])
    func `a wait is whole seconds up to a day, or until a date`(field: String, wait: Duration?) {
        let response = HTTPResponse(status: 429, headers: ["Retry-After": field])
        #expect(response.retryAfter == wait)
    }

    @Test func `a JSON answer says so`() {
        let response = HTTPResponse.json(201, ["a": 1])
        #expect(response.status == 201)
        #expect(response.mediaType == "application/json")
        #expect(response.body == Data(#"{"a":1}"#.utf8))
    }
}

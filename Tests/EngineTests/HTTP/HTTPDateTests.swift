import Engine
import Testing

@Suite("HTTP date")
struct HTTPDateTests {
    @Test func `the one form that servers may send is read`() {
        #expect(
            Date(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")
                == Date(timeIntervalSince1970: 784_111_777))
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 +0100",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:00:00 GMT", "Sun, 06 nov 1994 1 GMT",
    ])
    func `other texts are no date`(text: String) {
        #expect(Date(httpDate: text) == nil)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT", 30),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:00 GMT", 0),
    ])
    func `a wait until a date is counted by the server's own clock`(
        date: String, until: String, seconds: Int
    ) {
        let answer = HTTPResponse(status: 503, headers: ["Date": date, "Retry-After": until])
        #expect(answer.retryAfter == .seconds(seconds))
    }
}

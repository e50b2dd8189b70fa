/// An answer to a request, whole.
public struct HTTPResponse: Sendable, Equatable {
    /// The status code.
    public var status: Int
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, whole.
    public var body: Data
    /// Where the body comes from when a server of ours writes it while it is read.
    package var stream: ResponseStream?

    /// Makes an answer.
    public init(status: Int, headers: HTTPHeaders = [:], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The answer whose body is the JSON text of `value`.
    public static func json(_ status: Int, _ value: JSONValue) -> HTTPResponse {
        json(status, text: value.encoded())
    }

    /// The answer 200 whose body is the JSON text of `value`.
    public static func json(_ value: JSONValue) -> HTTPResponse {
        json(200, value)
    }

    /// The answer whose body is `text`, which is JSON already.
    package static func json(_ status: Int = 200, text: Data) -> HTTPResponse {
        HTTPResponse(status: status, headers: jsonHeaders, body: text)
    }

    private static let jsonHeaders: HTTPHeaders = [
        "Content-Type": "application/json; charset=utf-8"
    ]

    /// The answer 200 whose body is what is written to `stream`.
    package static func streaming(_ mediaType: String, _ stream: ResponseStream) -> HTTPResponse {
        var response = HTTPResponse(
            status: 200, headers: ["Content-Type": mediaType, "Cache-Control": "no-store"])
        response.stream = stream
        return response
    }

    /// The media type without its parameters, in lower case; nil when there is none.
    public var mediaType: String? {
        headers["Content-Type"]?.split(separator: ";").first.map {
            $0.trimmingWhitespace().lowercased()
        }
    }

    /// The `Date` of the answer, when it has the form of RFC 9110 §5.6.7 that servers send.
    package var date: Date? { headers["Date"].flatMap { Date(httpDate: $0) } }

    /// The wait of a `Retry-After`, in seconds or until a date, a day at most (RFC 9110 §10.2.3).
    public var retryAfter: Duration? {
        guard let text = headers["Retry-After"]?.trimmingWhitespace() else { return nil }
        let until = Date(httpDate: text)?.timeIntervalSince(date ?? Date())
        let seconds = Int(text) ?? until.map { max(0, Int($0.rounded(.up))) }
        return seconds.flatMap { $0 >= 0 ? .seconds(min($0, 86_400)) : nil }
    }
}

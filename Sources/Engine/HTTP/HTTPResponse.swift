/// An answer to a request, whole.
public struct HTTPResponse: Sendable, Equatable {
    /// The status code.
    public var status: Int
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, whole.
    public var body: Data

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
        HTTPResponse(
            status: status, headers: ["Content-Type": "application/json; charset=utf-8"],
            body: text)
    }

    /// The media type without its parameters, in lower case; nil when there is none.
    public var mediaType: String? {
        headers["Content-Type"]?.split(separator: ";").first.map {
            $0.trimmingWhitespace().lowercased()
        }
    }

    /// Whole seconds of a `Retry-After` in the form of delay-seconds (RFC 9110 §10.2.3).
    public var retryAfter: Duration? {
        headers["Retry-After"].flatMap { Int($0.trimmingWhitespace()) }
            .flatMap { $0 >= 0 ? .seconds(min($0, 86_400)) : nil }
    }
}

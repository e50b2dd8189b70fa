/// A request to a server, as a value; sending it twice is the caller's decision.
public struct HTTPRequest: Sendable, Equatable {
    /// The method, in capitals.
    public var method: String
    /// The absolute address.
    public var url: URL
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, empty for none.
    public var body: Data
    /// How long the whole exchange may take, from name lookup to the answer's last byte.
    public var timeout: Duration
    /// How many bytes of an answer's body are read before the exchange is given up.
    public var maximumBody: Int

    /// Makes a request; 10 seconds and 4 MiB are the limits unless told otherwise.
    public init(
        _ method: String = "GET", _ url: URL, headers: HTTPHeaders = [:], body: Data = Data(),
        timeout: Duration = .seconds(10), maximumBody: Int = 4 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumBody = maximumBody
    }

    /// A request whose body is the JSON text of `value`.
    public static func json(_ method: String, _ url: URL, _ value: JSONValue) -> HTTPRequest {
        HTTPRequest(
            method, url,
            headers: ["Content-Type": "application/json", "Accept": "application/json"],
            body: value.encoded())
    }
}

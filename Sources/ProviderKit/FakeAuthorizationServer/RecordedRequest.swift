public import Engine

/// A request that reached a fake server.
public struct RecordedRequest: Sendable, Equatable {
    /// The method, such as `POST`.
    public let method: String
    /// The path as it came, without the query.
    public let path: String
    /// The query as it came, without the question mark.
    public let query: String
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body.
    public let body: Data

    init(_ request: ServerRequest) {
        method = request.method
        path = String(request.path)
        query = String(request.target.dropFirst(path.count + 1))
        headers = request.headers
        body = request.body
    }

    /// The values of a parameter of the query or, in a POST, of the form, in order.
    public func values(for name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// The first value of a parameter of the query or, in a POST, of the form.
    public subscript(_ name: String) -> String? { values(for: name).first }

    /// The names of all parameters, in order.
    public var names: [String] { pairs.map(\.name) }

    private var pairs: [FormURLEncoding.Pair] {
        FormURLEncoding.decode(
            method == "POST" ? String(decoding: body, as: UTF8.self) : query) ?? []
    }
}

/// A route that a provider adds to the instance, for those who hold the admin key.
///
/// The key is checked before the handler is called, and the body's size before that.
public struct AdminRoute: Sendable {
    /// Answers with the document of a 200, or refuses; a handler has no other way to fail.
    public typealias Handler =
        @Sendable (AdminRequest) async throws(AdminRefusal) -> JSONValue

    /// The method, in capitals.
    public let method: String
    /// The path below `/v1/admin/providers/<id>/`; a segment `{name}` takes any text.
    public let path: String
    /// The whole path under which it was known before, if it was; below `/v1/admin/` as well.
    public let alias: String?
    /// What answers.
    public let handler: Handler

    /// Declares a route.
    public init(
        _ method: String, _ path: String, alias: String? = nil, handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.alias = alias
        self.handler = handler
    }
}

/// What a provider's route is asked.
public struct AdminRequest: Sendable, Equatable {
    /// The texts in the place of the path's `{name}` segments, decoded and never empty.
    public let parameters: [String: String]
    /// The query's parameters, decoded; of two with one name the last.
    public let query: [String: String]
    /// The body's object; an empty one for a `GET` and for a request without a body.
    public let body: JSONValue

    /// Makes a request; tests make their own.
    public init(
        parameters: [String: String] = [:], query: [String: String] = [:], body: JSONValue = [:]
    ) {
        self.parameters = parameters
        self.query = query
        self.body = body
    }
}

/// A refusal of a provider's route: `{"error", "detail", "remediation"}` with a status.
public struct AdminRefusal: ActionableError, Equatable {
    /// The status, from 400 on.
    public let status: Int
    /// The stable word in `error`.
    public let code: String
    /// The sentence in `detail`; strangers' texts in it are cleaned by the provider.
    public let description: String
    /// The remedy in `remediation`.
    public let hint: String?

    /// Words a refusal.
    public init(_ status: Int, _ code: String, _ description: String, hint: String? = nil) {
        self.status = status
        self.code = code
        self.description = description
        self.hint = hint
    }
}

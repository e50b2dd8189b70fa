/// A handler that refuses by throwing.
typealias ThrowingHandler = @Sendable (ServerRequest) async throws -> HTTPResponse

/// A group of routes.
protocol InstanceRoute {
    func register(in routes: inout InstanceRoutes)
}

/// The instance's routes; the one place where an error becomes a status.
struct InstanceRoutes {
    private(set) var router = Router()
    /// Where requests of which there are many are taken; the router answers them as well.
    private(set) var counters: [RequestCounter] = []
    private let authentication: AdminAuthentication
    let log: Log

    init(_ authentication: AdminAuthentication, _ log: Log) {
        self.authentication = authentication
        self.log = log
    }

    mutating func add(_ route: some InstanceRoute) {
        route.register(in: &self)
    }

    /// A route for anyone.
    mutating func open(_ method: String, _ path: String, _ handler: @escaping ThrowingHandler) {
        let log = log
        router.on(method, path) { request in
            do {
                return try await handler(request)
            } catch {
                return Self.answer(to: error, log)
            }
        }
    }

    /// A counter for anyone, beside a route for the same.
    mutating func count(_ counter: RequestCounter) { counters.append(counter) }

    /// What `body` returns, or the answer to what it throws.
    static func answer(_ log: Log, _ body: () throws -> HTTPResponse) -> HTTPResponse {
        do {
            return try body()
        } catch {
            return answer(to: error, log)
        }
    }

    /// A route for those who hold the admin key, which is checked before anything else.
    mutating func admin(_ method: String, _ path: String, _ handler: @escaping ThrowingHandler) {
        let authentication = authentication
        open(method, path) { request in
            try authentication.check(request)
            return try await handler(request)
        }
    }

    /// When to come again while the database is away; a provider may wait far longer by itself.
    private static let pauseSeconds = 5

    private static func answer(to error: any Error, _ log: Log) -> HTTPResponse {
        switch error {
        case let error as APIError: return error.response
        case let error as UnknownProvider:
            return APIError(
                404, "unknown_provider", detail: error.description, remediation: error.hint,
                more: ["known": .array(error.known.map { .string($0) })]
            ).response
        case let error as DatabaseError:
            log(.error, "database", ["text": .text(error.description)])
            return APIError(503, "database_unavailable", retryAfter: pauseSeconds).response
        default:
            log(.error, "unexpected", ["text": .text("\(type(of: error))")])
            return APIError(500, "internal_error").response
        }
    }
}

extension ServerRequest {
    /// The body's JSON object; an empty body is an empty object.
    func jsonObject() throws(APIError) -> JSONValue {
        if body.isEmpty { return [:] }
        guard let value = JSONValue(decoding: body) else {
            throw APIError(400, "invalid_json", detail: "the body is not JSON")
        }
        guard value.object != nil else {
            throw APIError(400, "invalid_body", detail: "the body is not a JSON object")
        }
        return value
    }
}

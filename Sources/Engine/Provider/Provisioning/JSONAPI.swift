/// A service's API that answers with JSON objects, its failures worded as ``ProvisionError``.
///
/// A redirect means that the host has no such API, and 401 that the credential is no longer taken.
/// What else a failure means, the provider says.
public struct JSONAPI: Sendable {
    /// What a request carries beside method and path.
    public enum Content: Sendable {
        /// No body.
        case none
        /// A JSON text.
        case json(JSONValue)
        /// The fields of a form, in order, in `application/x-www-form-urlencoded`.
        case form([(String, String)])
    }

    /// The address, without a slash at the end.
    public let host: URL
    /// What a failing answer means; nil for what its status alone says.
    public private(set) var refusal: @Sendable (APIProblem) -> ProvisionError?
    private let provider: ProviderID
    private let client: any HTTPClient
    private let headers: HTTPHeaders
    private let secrets: [String]
    private let words: @Sendable (JSONValue) -> String?

    /// Describes an API.
    ///
    /// `headers` go with every request; `words` finds the service's own in the document of an error,
    /// and `secrets` are cut out of them.
    public init(
        provider: ProviderID, host: URL, client: any HTTPClient, headers: HTTPHeaders = [:],
        hiding secrets: [Secret] = [], words: @escaping @Sendable (JSONValue) -> String?,
        refusal: @escaping @Sendable (APIProblem) -> ProvisionError? = { _ in nil }
    ) {
        self.provider = provider
        self.host = host
        self.client = client
        self.headers = headers
        self.secrets = secrets.map { $0.reveal() }.filter { !$0.isEmpty }
        self.words = words
        self.refusal = refusal
    }

    /// The same API, for requests of which a failing answer means something else.
    public func refusing(
        _ refusal: @escaping @Sendable (APIProblem) -> ProvisionError?
    ) -> JSONAPI {
        var api = self
        api.refusal = refusal
        return api
    }

    /// The object that a request is answered with; `step` says in errors what it is for.
    ///
    /// - Throws: ``ProvisionError``: what ``refusal`` makes of a failure, else `unauthorized` for 401,
    ///   `unsupportedInstance` for a redirect and for what is no JSON object, and `unexpectedAnswer`.
    public func object(
        _ method: String, _ path: String, _ content: Content = .none,
        headers: HTTPHeaders = [:], step: String
    ) async throws(ProvisionError) -> JSONValue {
        let body = try await body(method, path, content, headers, step: step)
        guard let answer = JSONValue(decoding: body), answer.object != nil else {
            throw unsupported("it answers an API call with something else than a JSON object")
        }
        return answer
    }

    /// The JSON that a request is answered with; null where the answer is empty.
    ///
    /// - Throws: ``ProvisionError``, as ``object(_:_:_:headers:step:)`` does.
    public func value(
        _ method: String, _ path: String, _ content: Content = .none,
        headers: HTTPHeaders = [:], step: String
    ) async throws(ProvisionError) -> JSONValue {
        let body = try await body(method, path, content, headers, step: step)
        if body.isEmpty { return .null }
        guard let answer = JSONValue(decoding: body) else {
            throw unsupported("it answers an API call with something else than JSON")
        }
        return answer
    }

    private func body(
        _ method: String, _ path: String, _ content: Content, _ headers: HTTPHeaders, step: String
    ) async throws(ProvisionError) -> Data {
        let request = try request(method, path, content, headers, step: step)
        let response: HTTPResponse
        do {
            response = try await client.send(request)
        } catch {
            throw .unexpectedAnswer(step: step, status: nil, detail: error.description)
        }
        guard (200..<300).contains(response.status) else { throw failure(response, step: step) }
        return response.body
    }

    /// That the host lacks what is needed, as the end of a sentence.
    public func unsupported(_ reason: String) -> ProvisionError {
        .unsupportedInstance(host: host.withoutTrailingSlash, reason: reason)
    }

    // MARK: Requests

    private func request(
        _ method: String, _ path: String, _ content: Content, _ more: HTTPHeaders, step: String
    ) throws(ProvisionError) -> HTTPRequest {
        guard let url = host.appending(rawPath: path) else {
            throw .unexpectedAnswer(step: step, status: nil, detail: "the host makes no address")
        }
        var request = HTTPRequest(
            method, url, headers: ["Accept": "application/json"], timeout: .seconds(30),
            maximumBody: 32 << 20)
        switch content {
        case .none: break
        case .json(let value):
            request.headers["Content-Type"] = "application/json"
            request.body = value.encoded()
        case .form(let fields):
            request.headers["Content-Type"] = "application/x-www-form-urlencoded"
            request.body = Data(FormURLEncoding.encode(fields).utf8)
        }
        for field in headers.fields + more.fields { request.headers[field.name] = field.value }
        return request
    }

    // MARK: Failures

    /// What an answer means that is no success.
    public func failure(_ response: HTTPResponse, step: String) -> ProvisionError {
        let document = JSONValue(decoding: response.body)
        let problem = APIProblem(
            step: step, status: response.status, document: document,
            detail: detail(document, response))
        if let refusal = refusal(problem) { return refusal }
        switch response.status {
        case 300..<400: return unsupported("it answers an API call with a redirect")
        case 401: return .unauthorized(provider: provider)
        default: return problem.unexpected
        }
    }

    /// The service's own words and how long it wants to be left alone; never a body.
    private func detail(_ document: JSONValue?, _ response: HTTPResponse) -> String? {
        let wait = response.retryAfter.map { "Retry-After: \($0.components.seconds) seconds" }
        let parts = [document.flatMap(words).map(cleaned), wait].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ").sanitized()
    }

    /// A text of the service's without the secrets that are to be hidden.
    public func cleaned(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "[redacted]") }
    }
}

/// An answer of a ``JSONAPI`` that is no success.
public struct APIProblem: Sendable {
    /// What the request was for, as the beginning of a sentence.
    public let step: String
    /// The status.
    public let status: Int
    /// The body; nil where it is no JSON.
    public let document: JSONValue?
    /// The service's words and the wait that it asks for, in one line and without secrets.
    public let detail: String?

    /// The error that tells just that.
    public var unexpected: ProvisionError {
        .unexpectedAnswer(step: step, status: status, detail: detail)
    }
}

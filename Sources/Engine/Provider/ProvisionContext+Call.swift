extension ProvisionContext {
    /// Calls the service with the grant and reads the JSON of its answer; null where there is none.
    ///
    /// `path` begins with a slash and stands below ``host``. For an API with refusals of its own,
    /// ``api`` sends any request.
    ///
    /// - Throws: ``ProvisionError``: `unauthorized` for 401, `missingScope` without a name for 403,
    ///   `unexpectedAnswer` for every other status that is no success and for no answer.
    public func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, for provider: ProviderID
    ) async throws(ProvisionError) -> JSONValue {
        let step = "\(method) \(path)"
        guard let url = host.appending(rawPath: path) else {
            throw .unexpectedAnswer(step: step, status: nil, detail: "the path is no path")
        }
        let request = body.map { HTTPRequest.json(method, url, $0) } ?? HTTPRequest(method, url)
        let answer: HTTPResponse
        do throws(HTTPClientError) {
            answer = try await api.send(request)
        } catch {
            throw .unexpectedAnswer(step: step, status: nil, detail: error.description)
        }
        switch answer.status {
        case 200..<300: return JSONValue(decoding: answer.body) ?? .null
        case 401: throw .unauthorized(provider: provider)
        case 403: throw .missingScope(nil, provider: provider)
        default: throw .unexpectedAnswer(step: step, status: answer.status, detail: nil)
        }
    }
}

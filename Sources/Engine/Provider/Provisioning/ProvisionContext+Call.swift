extension ProvisionContext {
    /// Calls the service with the grant and reads the JSON of its answer; null where that is empty.
    ///
    /// `path` begins with a slash and stands below ``host``. For an API with refusals of its own,
    /// ``api`` sends any request.
    ///
    /// - Throws: ``ProvisionError``: `unauthorized` for 401, `missingScope` without a name for 403,
    ///   `unsupportedInstance` for an answer that is no JSON, `unexpectedAnswer` for every other status
    ///   that is no success and for no answer.
    public func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, for provider: ProviderID
    ) async throws(ProvisionError) -> JSONValue {
        let api = JSONAPI(
            provider: provider, host: host, client: api, words: { _ in nil },
            refusal: {
                switch $0.status {
                case 300..<400: $0.unexpected
                case 403: .missingScope(nil, provider: provider)
                default: nil
                }
            })
        let content = body.map { JSONAPI.Content.json($0) } ?? JSONAPI.Content.none
        // A query may hold what no error should show.
        let step = "\(method) \(path.prefix { $0 != "?" })"
        return try await api.value(method, path, content, step: step)
    }
}

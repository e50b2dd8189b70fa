import Engine

/// One question to PostHog: who has this distinct id (<https://posthog.com/docs/api/persons>).
struct PersonRequest {
    private static let scope: Scope = "person:read"
    /// Longer lists of ids may have been cut off by PostHog.
    private static let longList = 1000
    private static let defaultPause = Duration.seconds(60)

    let service: ServiceAccess
    let project: Int64
    let limits: PersonReadLimits

    struct Answer {
        /// Nil when PostHog knows nobody of that id.
        let person: Person?
        let bytes: Int
    }

    func send(_ id: String) async throws(ReadFailure) -> Answer {
        let path = "/api/projects/\(project)/persons/"
        guard
            let url = service.host.appending(
                rawPath: path, query: [("distinct_id", id), ("limit", "2")])
        else { throw ReadFailure(.unexpectedAnswer) }
        let response = try await answer(
            HTTPRequest(
                "GET", url, headers: ["Accept": "application/json"], timeout: limits.timeout,
                maximumBody: limits.personBytes))
        guard response.status == 200 else { throw refusal(response) }
        guard let results = JSONValue(decoding: response.body)?["results"]?.array else {
            throw ReadFailure(.unexpectedAnswer)
        }
        return Answer(person: try Self.person(id, in: results), bytes: response.body.count)
    }

    private func answer(_ request: HTTPRequest) async throws(ReadFailure) -> HTTPResponse {
        do {
            return try await service.api.send(request)
        } catch {
            switch error {
            case .answerTooLarge: throw ReadFailure(.unexpectedAnswer)
            // The grant was replaced meanwhile, or its token ended and cannot be refreshed now.
            case .refused: throw ReadFailure(.unauthorized)
            default: throw ReadFailure(.serviceUnavailable)
            }
        }
    }

    /// Somebody else's properties would be worse than none, so the id must stand in the answer.
    private static func person(
        _ id: String, in results: [JSONValue]
    ) throws(ReadFailure) -> Person? {
        if results.isEmpty { return nil }
        let own = results.first { row in
            (row["distinct_ids"]?.array ?? []).contains {
                $0.string?.utf8.elementsEqual(id.utf8) == true
            }
        }
        let isCutOff =
            results.count == 1 && (results[0]["distinct_ids"]?.array?.count ?? 0) >= longList
        guard let person = (own ?? (isCutOff ? results.first : nil)).flatMap(Person.init) else {
            throw ReadFailure(.unexpectedAnswer)
        }
        return person
    }

    private func refusal(_ response: HTTPResponse) -> ReadFailure {
        let pause = ReadFailure.Extent.everyone(limits.refusalPause)
        switch response.status {
        case 429:
            return ReadFailure(.throttled, .everyone(response.retryAfter ?? Self.defaultPause))
        case 401: return ReadFailure(.unauthorized, pause)
        case 403: return forbidden(response, pause)
        case 404: return ReadFailure(.projectUnclear, pause)
        case 500...: return ReadFailure(.serviceUnavailable)
        default: return ReadFailure(.unexpectedAnswer)
        }
    }

    private func forbidden(
        _ response: HTTPResponse, _ pause: ReadFailure.Extent
    ) -> ReadFailure {
        // RFC 6750 §3.1, for something in front of PostHog that speaks it.
        if response.headers["WWW-Authenticate"]?.contains("insufficient_scope") == true {
            return ReadFailure(.missingScope, pause, scope: Self.scope)
        }
        let api = PostHogAPI(service)
        return ReadFailure(
            api.failure(response, step: "reading a person"), pause, scope: Self.scope)
    }
}

extension ReadFailure {
    /// `scope` is the one that is meant when PostHog names none.
    init(_ error: ProvisionError, _ extent: Extent, scope: Scope?) {
        switch error {
        case .unauthorized: self.init(.unauthorized, extent)
        case .missingScope(let named, _):
            self.init(.missingScope, extent, scope: named ?? scope)
        case .projectDiscoveryFailed: self.init(.projectUnclear, extent)
        case .keysRefused, .unsupportedInstance: self.init(.unexpectedAnswer, extent)
        case .unexpectedAnswer(_, status: 429, _): self.init(.throttled, .everyone(.seconds(60)))
        case .unexpectedAnswer(_, status: 403, _): self.init(.forbidden, extent)
        case .unexpectedAnswer: self.init(.serviceUnavailable)
        }
    }
}

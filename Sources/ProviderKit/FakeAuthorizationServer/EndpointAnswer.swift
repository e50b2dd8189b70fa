public import Engine

/// What an endpoint answers in place of, or made from, the proper answer.
///
/// An answer made from the proper one has been acted on: the code is used up, the tokens are
/// issued. One in its place has not.
public struct EndpointAnswer: Sendable {
    private let make: @Sendable (_ proper: () -> HTTPResponse) -> HTTPResponse
    private(set) var transmission = Transmission.whole

    func response(_ proper: () -> HTTPResponse) -> HTTPResponse { make(proper) }

    // MARK: In place of the proper answer

    /// Any answer.
    public static func response(_ response: HTTPResponse) -> EndpointAnswer {
        EndpointAnswer { _ in response }
    }

    /// A JSON document.
    public static func document(_ document: JSONValue, status: Int = 200) -> EndpointAnswer {
        response(.json(status, document))
    }

    /// An error in the form of RFC 6749 §5.2.
    public static func error(
        _ code: String, description: String? = nil, status: Int = 400
    ) -> EndpointAnswer {
        var members: [String: JSONValue] = ["error": .string(code)]
        members["error_description"] = description.map { .string($0) }
        return document(.object(members), status: status)
    }

    /// A web page.
    public static func page(status: Int = 200) -> EndpointAnswer {
        response(
            HTTPResponse(
                status: status, headers: ["Content-Type": "text/html; charset=utf-8"],
                body: Data("<!doctype html><title>Log in</title>".utf8)))
    }

    /// A redirect to an address.
    public static func redirect(_ status: Int = 302, to location: String) -> EndpointAnswer {
        response(HTTPResponse(status: status, headers: ["Location": location]))
    }

    /// A request to come back later, with the text of `Retry-After` if there is one.
    public static func later(_ status: Int = 503, retryAfter: String? = "0") -> EndpointAnswer {
        var response = HTTPResponse.json(status, ["error": "temporarily_unavailable"])
        response.headers["Retry-After"] = retryAfter
        return .response(response)
    }

    // MARK: Made from the proper answer

    /// The proper answer.
    public static let proper = EndpointAnswer { $0() }

    /// The proper document with some members replaced, those with nil removed.
    public static func changing(_ changes: [String: JSONValue?]) -> EndpointAnswer {
        EndpointAnswer { proper in
            var response = proper()
            var members = JSONValue(decoding: response.body)?.object ?? [:]
            for (name, value) in changes { members[name] = value }
            response.body = JSONValue.object(members).encoded()
            return response
        }
    }

    /// The proper document with a member that makes it larger by `bytes`.
    public static func oversized(by bytes: Int) -> EndpointAnswer {
        changing(["padding": .string(String(repeating: "x", count: bytes))])
    }

    // MARK: Changed further

    /// The same with another status.
    public func status(_ status: Int) -> EndpointAnswer {
        edited { $0.status = status }
    }

    /// The same with another header field, or without it.
    public func header(_ name: String, _ value: String?) -> EndpointAnswer {
        edited { $0.headers[name] = value }
    }

    /// The same with another body.
    public func body(_ text: String) -> EndpointAnswer {
        edited { $0.body = Data(text.utf8) }
    }

    /// The same, delivered in another way.
    public func delivered(_ transmission: Transmission) -> EndpointAnswer {
        var answer = self
        answer.transmission = transmission
        return answer
    }

    private func edited(
        _ edit: @escaping @Sendable (inout HTTPResponse) -> Void
    ) -> EndpointAnswer {
        let make = make
        return EndpointAnswer { proper in
            var response = make(proper)
            edit(&response)
            return response
        }.delivered(transmission)
    }

    private init(_ make: @escaping @Sendable (_ proper: () -> HTTPResponse) -> HTTPResponse) {
        self.make = make
    }
}

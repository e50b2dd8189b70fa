import Engine

/// A server that does something else before it answers.
struct ActingClient: HTTPClient {
    private let act: @Sendable (HTTPRequest) async throws -> HTTPResponse
    private let asked = Locked<[HTTPRequest]>([])

    init(_ act: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) {
        self.act = act
    }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        do {
            return try await act(request)
        } catch let error as HTTPClientError {
            throw error
        } catch {
            throw .answerUnknown(host: "", reason: "the act failed: \(error)")
        }
    }

    /// What was sent as a refresh token, in order.
    var refreshTokens: [String] { asked.withLock { $0 }.compactMap(\.refreshToken) }
}

extension HTTPRequest {
    var refreshToken: String? {
        FormURLEncoding.decode(String(decoding: body, as: UTF8.self))?
            .first { $0.name == "refresh_token" }?.value
    }
}

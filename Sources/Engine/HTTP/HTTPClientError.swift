/// Why a request brought back no complete answer.
public enum HTTPClientError: Error, Equatable {
    /// No connection; the request was not sent.
    case unreachable(host: String, reason: String)
    /// The server's certificate or the TLS handshake was refused; the request was not sent.
    case insecureConnection(host: String, reason: String)
    /// The request, or part of it, went out and no complete answer came: it may have been acted on.
    case answerUnknown(host: String, reason: String)
    /// The answer was larger than the caller allows.
    case answerTooLarge(host: String, limit: Int)
    /// The client was asked to send to a place that the caller's rules exclude.
    case refused(host: String, reason: String)
    /// The waiting task was cancelled.
    case cancelled
}

extension HTTPClientError: ActionableError {
    /// A stable word for each case.
    public var code: String {
        switch self {
        case .unreachable: "unreachable"
        case .insecureConnection: "insecure_connection"
        case .answerUnknown: "answer_unknown"
        case .answerTooLarge: "answer_too_large"
        case .refused: "refused"
        case .cancelled: "cancelled"
        }
    }

    /// One sentence that names the host.
    public var description: String {
        switch self {
        case .unreachable(let host, let reason): "no connection to '\(host)': \(reason)"
        case .insecureConnection(let host, let reason):
            "no trusted connection to '\(host)': \(reason)"
        case .answerUnknown(let host, let reason):
            "'\(host)' took the request but gave no complete answer: \(reason)"
        case .answerTooLarge(let host, let limit):
            "the answer of '\(host)' is larger than \(limit) bytes"
        case .refused(let host, let reason): "nothing was sent to '\(host)': \(reason)"
        case .cancelled: "the request was cancelled"
        }
    }
}

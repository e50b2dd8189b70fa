import Engine

/// What PostHog says of one run of a destination: `{"status", "logs": [{"level", "message"}]}`.
///
/// The status alone says little: a failure that would be tried again later is a `success` in a run
/// that is tried once. The logs tell; what is not understood counts as sent.
struct InvocationAnswer {
    private let status: String?
    private let messages: [String]
    private let clean: (String) -> String

    init(_ json: JSONValue, clean: @escaping (String) -> String) {
        status = json["status"]?.string
        messages = (json["logs"]?.array ?? []).compactMap { $0["message"]?.string }
        self.clean = clean
    }

    var delivery: TestDelivery {
        if status == "skipped" { return .leftOut }
        // A request without an answer goes on as one that was answered 500.
        if let failure = messages.lazy.compactMap(Self.failure).first {
            return judged(failure.isEmpty ? nil : shown(failure))
        }
        if let answered = messages.lazy.compactMap(Self.answered).first {
            return .answered(status: answered)
        }
        return status == "error" ? .failed(nil) : .sent
    }

    /// Why a request got no answer.
    private static func failure(_ message: String) -> String? {
        message.wholeMatch(
            of:
                /(?s)HTTP fetch failed on attempt \d+ with status code \(none\)\.(?: Error: (.*?)\.)?(?: Retrying.*)?/
        ).map { String($0.1 ?? "") }
    }

    /// From the log of the request, of the code's error or of the response.
    private static func answered(_ message: String) -> Int? {
        let patterns = [
            /HTTP fetch failed on attempt \d+ with status code ([1-5]\d\d)\b/,
            /Error executing function on event [^:]*: .{0,20}Webhook failed with status ([1-5]\d\d)\b/,
            /Response, ([1-5]\d\d)\b/,
        ]
        return patterns.lazy.compactMap { message.prefixMatch(of: $0) }.first.flatMap { Int($0.1) }
    }

    private func judged(_ reason: String?) -> TestDelivery {
        let text = reason?.lowercased() ?? ""
        if ["not allowed", "internal hostname", "scheme must be"].contains(where: text.contains) {
            return .forbidden(reason)
        }
        if ["timeout", "timed out", "aborted"].contains(where: text.contains) {
            return text.contains("connect") ? .unreachable(reason) : .timedOut(reason)
        }
        return .unreachable(reason)
    }

    private func shown(_ text: String) -> String { clean(text).sanitized(limit: 200) }
}

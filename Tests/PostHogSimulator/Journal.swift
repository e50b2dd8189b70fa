import Engine

/// A request as it came, and the status it was answered with.
package struct RecordedCall: Sendable, Equatable, Codable {
    package let time: String
    package let method: String
    package let path: String
    /// The query's parameters; of two with one name the last.
    package let query: [String: String]
    package let userAgent: String?
    package let contentType: String?
    /// The `Authorization` header, whole.
    package let authorization: String?
    package let body: String
    /// 0 when the connection was cut, nil while the answer is being made.
    package fileprivate(set) var status: Int?

    init(_ request: ServerRequest, time: Date) {
        self.time = time.iso8601
        method = request.method
        path = String(request.path)
        query = Dictionary((request.query ?? []).map { ($0.name, $0.value) }) { $1 }
        userAgent = request.headers["User-Agent"]
        contentType = request.headers["Content-Type"]
        authorization = request.headers["Authorization"]
        body = String(decoding: request.body, as: UTF8.self)
    }
}

/// The calls since the start, and what was wrong about them.
struct Journal: Sendable {
    private(set) var calls: [RecordedCall] = []
    private(set) var violations: [String] = []

    /// Returns the place to tell the answer to.
    mutating func record(_ request: ServerRequest, at time: Date) -> Int {
        calls.append(RecordedCall(request, time: time))
        return calls.count - 1
    }

    mutating func answered(_ place: Int, status: Int) {
        guard calls.indices.contains(place) else { return }
        calls[place].status = status
    }

    mutating func violation(_ text: String) {
        violations.append(text)
    }
}

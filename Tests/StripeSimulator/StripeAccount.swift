package import Engine
import SimulatedService

/// An account, and what its keys may do.
package struct StripeAccount: Sendable {
    package var endpoints: [StripeEndpoint] = []
    /// By idempotency key, what was asked and answered.
    var requests: [String: (form: String, answer: HTTPResponse)] = [:]
    private var made = 0

    // MARK: Requests

    mutating func respond(to request: ServerRequest) -> HTTPResponse {
        guard let key = request.headers["Authorization"]?.split(separator: " ").last else {
            return .stripe(401, "invalid_request_error", "You did not provide an API key.")
        }
        guard
            [
                StripeSimulator.restrictedKey, StripeSimulator.readingKey, StripeSimulator.emptyKey,
            ].contains(String(key))
        else {
            return .stripe(401, "invalid_request_error", "Invalid API Key provided: \(key)")
        }
        let parts = request.path.split(separator: "/")
        guard parts.count >= 2, parts.count <= 3, parts[0] == "v1", parts[1] == "webhook_endpoints"
        else { return .stripe(404, "invalid_request_error", "Unrecognized request URL.") }
        if let refusal = refusal(String(key), request) { return refusal }
        let id = parts.count == 3 ? String(parts[2]) : nil
        switch (request.method, id) {
        case ("GET", nil): return list(request)
        case ("POST", nil): return once(request) { $0.create(request) }
        case ("POST", let id?): return once(request) { $0.change(id, request) }
        case ("DELETE", let id?): return delete(id)
        default: return .stripe(404, "invalid_request_error", "Unrecognized request URL.")
        }
    }

    private func refusal(_ key: String, _ request: ServerRequest) -> HTTPResponse? {
        let wanted = request.method == "GET" ? "read" : "write"
        if key == StripeSimulator.restrictedKey { return nil }
        if key == StripeSimulator.readingKey, wanted == "read" { return nil }
        return .stripe(
            403, "invalid_request_error",
            "The provided key '\(key.prefix(8))*********\(key.suffix(6))' does not have the required"
                + " permissions for this endpoint on account 'acct_1'. Having the"
                + " 'rak_webhook_\(wanted)' permission would allow this request to continue.")
    }

    /// Answers a repeated request with what it was answered first
    /// (<https://docs.stripe.com/api/idempotent_requests>).
    private mutating func once(
        _ request: ServerRequest, _ body: (inout StripeAccount) -> HTTPResponse
    ) -> HTTPResponse {
        guard let key = request.headers["Idempotency-Key"] else { return body(&self) }
        let form = String(request.path) + "?" + String(decoding: request.body, as: UTF8.self)
        if let earlier = requests[key] {
            return earlier.form == form
                ? earlier.answer
                : .stripe(
                    400, "idempotency_error",
                    "Keys for idempotent requests can only be used with the same parameters they"
                        + " were first used with.")
        }
        let answer = body(&self)
        requests[key] = (form, answer)
        return answer
    }

    // MARK: Endpoints

    private func list(_ request: ServerRequest) -> HTTPResponse {
        let limit = request.parameter("limit").flatMap { Int($0) } ?? 10
        guard (1...100).contains(limit) else {
            return .stripe(400, "invalid_request_error", "Invalid integer: limit")
        }
        var rest = Array(endpoints.reversed())
        if let last = request.parameter("starting_after") {
            guard let place = rest.firstIndex(where: { $0.id == last }) else {
                return .stripe(404, "invalid_request_error", "No such webhook endpoint: '\(last)'")
            }
            rest = Array(rest[(place + 1)...])
        }
        return .json([
            "object": "list", "url": "/v1/webhook_endpoints", "has_more": .bool(rest.count > limit),
            "data": .array(rest.prefix(limit).map(\.json)),
        ])
    }

    mutating func add(
        url: String, events: [String], metadata: [String: String], isEnabled: Bool = true
    ) -> StripeEndpoint {
        made += 1
        let endpoint = StripeEndpoint(
            id: "we_\(1000 + made)", url: url, events: events, metadata: metadata,
            isEnabled: isEnabled, created: Int64(1_700_000_000 + made),
            secret: "whsec_" + Base64URL.encode(Random.bytes(24)))
        endpoints.append(endpoint)
        return endpoint
    }

    private mutating func create(_ request: ServerRequest) -> HTTPResponse {
        let form = request.form
        guard let url = form.first(where: { $0.name == "url" })?.value, url.hasPrefix("https://")
        else {
            return .stripe(
                400, "invalid_request_error", "Invalid URL: URL must be publicly accessible.")
        }
        guard endpoints.count < 16 else {
            return .stripe(
                400, "invalid_request_error",
                "You have reached the maximum of 16 test webhook endpoints.")
        }
        var metadata: [String: String] = [:]
        for field in form where field.name.hasPrefix("metadata[") {
            metadata[String(field.name.dropFirst(9).dropLast())] = field.value
        }
        let events = form.filter { $0.name == "enabled_events[]" }.map(\.value)
        let endpoint = add(url: url, events: events, metadata: metadata)
        return .json(.object(endpoint.members.merging(["secret": .string(endpoint.secret)]) { $1 }))
    }

    private mutating func change(_ id: String, _ request: ServerRequest) -> HTTPResponse {
        guard let place = endpoints.firstIndex(where: { $0.id == id }) else { return .missing(id) }
        let form = request.form
        let events = form.filter { $0.name == "enabled_events[]" }.map(\.value)
        if !events.isEmpty { endpoints[place].events = events }
        for field in form where field.name == "disabled" {
            endpoints[place].isEnabled = field.value == "false"
        }
        return .json(endpoints[place].json)
    }

    private mutating func delete(_ id: String) -> HTTPResponse {
        guard let place = endpoints.firstIndex(where: { $0.id == id }) else { return .missing(id) }
        endpoints.remove(at: place)
        return .json(["id": .string(id), "object": "webhook_endpoint", "deleted": true])
    }
}

/// A webhook endpoint.
package struct StripeEndpoint: Sendable {
    package let id: String
    package var url: String
    package var events: [String]
    package var metadata: [String: String]
    package var isEnabled: Bool
    let created: Int64
    let secret: String

    func takes(_ type: String) -> Bool {
        isEnabled && (events.contains("*") || events.contains(type))
    }

    var members: [String: JSONValue] {
        [
            "id": .string(id), "object": "webhook_endpoint", "api_version": nil,
            "application": nil, "created": .integer(created), "description": nil,
            "enabled_events": .array(events.map { .string($0) }), "livemode": false,
            "metadata": .object(metadata.mapValues { .string($0) }),
            "status": isEnabled ? "enabled" : "disabled", "url": .string(url),
        ]
    }

    var json: JSONValue { .object(members) }
}

extension HTTPResponse {
    /// An error as Stripe words it (<https://docs.stripe.com/api/errors>).
    package static func stripe(_ status: Int, _ type: String, _ message: String) -> HTTPResponse {
        .json(status, ["error": ["type": .string(type), "message": .string(message)]])
    }

    fileprivate static func missing(_ id: String) -> HTTPResponse {
        stripe(404, "invalid_request_error", "No such webhook endpoint: '\(id)'")
    }
}

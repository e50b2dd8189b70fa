import Engine

extension ServerFault {
    private static let names: Set = [
        "preset", "path", "method", "skip", "times", "performs", "delay", "status", "headers",
        "body", "html", "redirect", "cutOff", "truncated", "oversize", "retryAfter",
    ]

    init(json: JSONValue) throws(ControlError) {
        if let unknown = json.object?.keys.first(where: { !Self.names.contains($0) }) {
            throw ControlError("a fault has no '\(unknown)'")
        }
        if let preset = json["preset"]?.string {
            self = try Self.preset(preset, retryAfter: Int(json["retryAfter"]?.integer ?? 1))
        } else {
            self.init("/", answer: Self.answer(json))
        }
        path = json["path"]?.string ?? path
        method = json["method"]?.string ?? method
        skip = json["skip"]?.integer.map { Int($0) } ?? skip
        times = json["times"]?.integer.map { Int($0) } ?? times
        performs = json["performs"]?.bool ?? performs
        delay = json["delay"]?.scalarText.flatMap { Double($0) }.map { .seconds($0) } ?? delay
    }

    private static func preset(
        _ name: String, retryAfter: Int
    ) throws(ControlError) -> ServerFault {
        switch name {
        case "discovery404": return .discovery404
        case "discoveryHTML": return .discoveryHTML
        case "discoveryRedirect": return .discoveryRedirect
        case "tokenUnavailable": return .tokenUnavailable(retryAfter: retryAfter)
        case "throttled": return .throttled(retryAfter: retryAfter)
        default: throw ControlError("there is no preset '\(name)'")
        }
    }

    private static func answer(_ json: JSONValue) -> HTTPResponse? {
        if json["cutOff"]?.bool == true { return .cutOff }
        if json["truncated"]?.bool == true { return .truncated }
        if let bytes = json["oversize"]?.integer { return .oversize(Int(bytes)) }
        if let location = json["redirect"]?.string { return .found(at: location) }
        let status = json["status"]?.integer.map { Int($0) }
        if let text = json["html"]?.string { return .webPage(status ?? 200, text) }
        guard let status else { return nil }
        var answer = HTTPResponse.json(status, json["body"] ?? [:])
        for (name, value) in (json["headers"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            answer.headers[name] = value.scalarText
        }
        return answer
    }
}

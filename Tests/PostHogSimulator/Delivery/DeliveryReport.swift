import Engine

/// What became of one event at one destination that takes it.
package struct DeliveryReport: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        /// Answered below 400; a redirect counts too.
        case delivered
        /// Answered with an error, or not at all, as often as it was tried.
        case failed
        /// Not sent, since the host is not a public one.
        case refused
    }

    package let functionID: String
    package let name: String
    package let url: String
    package let outcome: Outcome
    /// The last answer's status; nil when none came.
    package let status: Int?
    package let attempts: Int
    package let error: String?
    /// The last answer's body.
    package let answer: String?
}

/// What one destination sends for one event.
struct DeliveryRequest: Sendable {
    let functionID: String
    let name: String
    let url: String
    let method: String
    var headers: HTTPHeaders = [:]
    var body = Data()
    /// What the newest servers sign with.
    let signingSecret: String?

    init(_ function: HogFunction, _ globals: JSONValue) {
        let template = HogTemplate(globals: globals)
        let input = { (key: String) in
            template.render(function.inputs[key]?["value"] ?? .null)
        }
        functionID = function.id
        signingSecret = function.inputs["signing_secret"]?["value"]?.string
        name = function.name
        url = input("url").scalarText ?? ""
        method = input("method").string ?? "POST"
        let headers = input("headers").object ?? ["Content-Type": "application/json"]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if let text = value.string { self.headers.append(name, text) }
        }
        if let key = Self.bodyInput(function.hog), method != "GET" {
            body = Self.text(input(key))
        }
    }

    /// Which input the function's code sends as the body.
    private static func bodyInput(_ hog: String) -> String? {
        ["body", "payload"].first { hog.contains("inputs.\($0)") }
    }

    private static func text(_ body: JSONValue) -> Data {
        switch body {
        case .null: Data()
        case .string(let text): Data(text.utf8)
        default: body.encoded()
        }
    }
}

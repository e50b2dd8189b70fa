import Engine

/// Request targets: form encoding, the answer of an authorization server, routes.
enum QueryTarget {
    static func run(_ input: [UInt8]) async throws {
        let text = String(decoding: input, as: UTF8.self)
        try escaping(text)
        if let plain = FormURLEncoding.unescape(input) { try escaping(plain) }
        if let pairs = FormURLEncoding.decode(text) {
            try encoding(pairs)
            try answering(pairs)
        }
        try await routing(text)
    }

    private static func escaping(_ text: String) throws {
        let escaped = FormURLEncoding.escape(text)
        let plain = FormURLEncoding.unescape(escaped.utf8)
        try require(plain?.isSame(as: text) == true, "what was escaped comes back")
        let isBare = escaped.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"):
                true
            default: false
            }
        }
        try require(isBare, "'\(escaped)' holds unreserved characters alone")
    }

    private static func encoding(_ pairs: [FormURLEncoding.Pair]) throws {
        let again = FormURLEncoding.decode(
            FormURLEncoding.encode(pairs.map { ($0.name, $0.value) }))
        try require(
            again?.count == pairs.count
                && zip(again ?? [], pairs).allSatisfy {
                    $0.name.isSame(as: $1.name) && $0.value.isSame(as: $1.value)
                },
            "what was decoded comes back from its encoding")
    }

    /// A code comes from a query with one code and no error, and nothing known is given twice.
    private static func answering(_ pairs: [FormURLEncoding.Pair]) throws {
        func values(_ name: String) -> [String] {
            pairs.filter { $0.name.isSame(as: name) && !$0.value.isEmpty }.map(\.value)
        }
        let response = AuthorizationResponse(pairs)
        let (codes, errors) = (values("code"), values("error"))
        switch response.result {
        case .code(let code):
            try require(codes == [code.reveal()] && errors.isEmpty, "a code stands alone")
        case .denied: try require(codes.isEmpty && errors == ["access_denied"], "a denial")
        case .error(let code, let text):
            try require(codes.isEmpty && errors.count == 1, "an error stands alone")
            try checkShown(code, limit: 60)
            if let text { try checkShown(text, limit: 300) }
        case .malformed: return
        }
        for name in ["code", "state", "iss", "error", "error_description", "error_uri"] {
            try require(values(name).count < 2, "'\(name)' was given once")
        }
        try require(values("iss").first == response.issuer, "the issuer is the one given")
    }

    /// A stranger's text on the terminal: one line, no controls.
    static func checkShown(_ text: String, limit: Int) throws {
        try require(text.count <= limit, "at most \(limit) characters are shown")
        for scalar in text.unicodeScalars {
            let isPlain =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            try require(isPlain, "U+\(String(scalar.value, radix: 16)) is not shown")
        }
    }

    // MARK: Routes

    private static let patterns = [
        ("GET", "/v1/health"), ("GET", "/v1/admin/provider-credentials"),
        ("GET", "/v1/admin/provider-credentials/{provider}"),
        ("PUT", "/v1/admin/provider-credentials/{provider}"),
        ("POST", "/v1/webhooks/{provider}"), ("POST", "/v1/{a}/of/{b}"),
    ]

    private static let router: Router = {
        var router = Router()
        for (method, pattern) in patterns {
            router.on(method, pattern) { request in
                .json([
                    "method": .string(method), "pattern": .string(pattern),
                    "parameters": .object(request.parameters.mapValues { .string($0) }),
                ])
            }
        }
        return router
    }()

    /// The text as a request line, `METHOD target`.
    private static func routing(_ text: String) async throws {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let target = words.last ?? ""
        let request = ServerRequest(method: words.count == 2 ? words[0] : "GET", target: target)
        let rest = target.utf8.dropFirst(request.path.utf8.count)
        try require(
            target.utf8.starts(with: request.path.utf8)
                && (rest.isEmpty || rest.first == UInt8(ascii: "?")),
            "a target is a path and a query")
        let response = await router.respond(to: request)
        let pattern = router.pattern(for: request)
        switch response.status {
        case 200:
            let answer = try require(JSONValue(decoding: response.body), "the answer is JSON")
            try require(answer["pattern"]?.string == pattern, "the log's pattern is the route's")
            let method = request.method == "HEAD" ? "GET" : request.method
            try require(answer["method"]?.string?.isSame(as: method) == true, "a route's method")
            try matching(request.path, pattern ?? "", answer["parameters"]?.object ?? [:])
        case 405:
            try require(pattern == nil, "what is not allowed has no pattern")
            let allowed = response.headers["Allow"]?.split(separator: ", ") ?? []
            try require(!allowed.isEmpty, "a 405 says what is allowed")
            try require(!allowed.contains { $0 == request.method }, "and it is another method")
        default:
            try require(response.status == 404 && pattern == nil, "what is unknown has no pattern")
        }
    }

    private static func matching(
        _ path: Substring, _ pattern: String, _ parameters: [String: JSONValue]
    ) throws {
        let slash = UInt8(ascii: "/")
        let found = path.utf8.split(separator: slash, omittingEmptySubsequences: false)
        let expected = pattern.utf8.split(separator: slash, omittingEmptySubsequences: false)
        try require(found.count == expected.count, "a path has as many segments as its pattern")
        for (found, expected) in zip(found, expected) {
            guard expected.first == UInt8(ascii: "{") else {
                try require(found.elementsEqual(expected), "a literal matches byte for byte")
                continue
            }
            let name = String(decoding: expected.dropFirst().dropLast(), as: UTF8.self)
            let value = try require(parameters[name]?.string, "'\(name)' has a value")
            try require(!value.isEmpty, "'\(name)' is not empty")
            try require(
                FormURLEncoding.unescape(found)?.isSame(as: value) == true,
                "'\(name)' is the segment, unescaped")
        }
    }
}

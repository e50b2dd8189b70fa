import Engine

/// What servers answer: JSON, dates, metadata, tokens; and addresses that users give.
enum AnswerTarget {
    private static let issuer = "https://as.example"
    private static let endpointHosts = ["login.example"]

    static func run(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        try dating(text)
        try addressing(text)
        try heading(text)
        try QueryTarget.checkShown(text.sanitized(), limit: 300)
        try passing(on: Data(input))
        guard let json = JSONValue(decoding: Data(input)) else { return }
        try require(json.isLike(JSONValue(decoding: json.encoded())), "a JSON value comes back")
        try discovering(json)
        try sending(json)
        try exchanging(json)
        try looping(json)
        try listing(json)
        for value in json.object?.values.compactMap(\.string) ?? [] {
            try dating(value)
            try addressing(value)
        }
    }

    private static func looping(_ json: JSONValue) throws {
        guard case .lost(let loss)? = LoopReply(json) else { return }
        try QueryTarget.checkShown(loss.error, limit: 600)
        try QueryTarget.checkShown(loss.hint ?? "", limit: 300)
    }

    private static let collection = WebhookCollection(
        "/hooks", list: ["hooks"], next: .address(["next"]), address: ["to"], secret: nil,
        active: nil)

    /// Whatever a service says of its webhooks, what is asked next stays on its own host.
    private static func listing(_ json: JSONValue) throws {
        guard let list = URL(string: "\(issuer)/hooks"), let host = URL(string: issuer) else {
            return
        }
        for webhook in collection.webhooks(in: json) ?? [] {
            let path = collection.path(of: webhook.id)
            try require(path.split(separator: "/").count == 2, "an id is one part of a path")
            let url = try require(host.appending(rawPath: path), "'\(path)' is a path")
            try require(url.query() == nil && url.origin == host.origin, "and nothing else")
        }
        for next in [NextPage.address(["next"]), .cursor(["next"], parameter: "after")] {
            guard let told = json["next"], let path = next.path(told, of: "/hooks", at: list)
            else { continue }
            let url = try require(host.appending(rawPath: path), "'\(path)' is a path")
            try require(url.origin == host.origin, "the next page is the same host's")
            try CurlAddress.check(url)
        }
    }

    /// What is handed on as it was written is one line, and stays what it is.
    private static func passing(on input: Data) throws {
        guard let text = JSONText(input) else { return }
        let line = Data(text.text.utf8)
        try require(!line.contains(0x0A) && JSONText(line) == text, "a JSON text is one line")
        for part in (text.elements ?? []) + Array((text.members ?? [:]).values) {
            try require(JSONText(Data(part.text.utf8)) == part, "a part is a JSON text")
        }
    }

    private static func dating(_ text: String) throws {
        guard let date = Date(iso8601: text) else { return }
        let separator = text.utf8.dropFirst(19).first ?? 0
        try require(".zZ+-".utf8.contains(separator), "a fraction or a zone follows the seconds")
        let written = date.iso8601
        let again = try require(Date(iso8601: written), "'\(written)' of '\(text)' reads back")
        try require(abs(again.timeIntervalSince(date)) < 0.001, "within a millisecond")
        try require(again.iso8601 == written, "'\(written)' is written as it was read")
    }

    private static func heading(_ text: String) throws {
        var response = HTTPResponse(status: 200)
        response.headers["Retry-After"] = text
        response.headers["Content-Type"] = text
        if let wait = response.retryAfter {
            try require((.zero ... .seconds(86_400)).contains(wait), "a wait is at most a day")
        }
        try require(
            response.mediaType?.contains(";") != true, "a media type has no parameters")
    }

    /// libcurl goes where the checks of an address said that it would.
    private static func addressing(_ text: String) throws {
        if ClientMetadata.isAddress(text) {
            let id = try require(URL(address: text), "a client's id is an address")
            try require(
                id.scheme == "https" && id.absoluteString.isSame(as: text),
                "a client's id is https, and is sent as it was given")
        }
        guard let url = URL(address: text) else { return }
        try CurlAddress.check(url)
        try require(URL(address: url.absoluteString) == url, "an address reads as itself")
        let below = try require(url.appending(rawPath: "/a"), "a path fits behind '\(url)'")
        try require(below.origin == url.origin, "a path does not change the origin")
    }

    /// Whatever a server says, its users are sent to a place of its own.
    private static func sending(_ json: JSONValue) throws {
        guard
            let device = try? DeviceAuthorization(
                json, issuer: issuer, endpointHosts: endpointHosts)
        else { return }
        try require(device.interval >= .seconds(1), "nobody polls faster than that")
        for url in [device.verificationURI, device.completeURI].compactMap(\.self) {
            try require(
                url.scheme?.lowercased() == "https" && url.user() == nil,
                "'\(url)' is nothing but an https address")
            try require(
                url.absoluteString.utf8.allSatisfy { (0x21...0x7E).contains($0) },
                "it moves no cursor")
        }
    }

    private static func discovering(_ json: JSONValue) throws {
        guard
            let server = try? AuthorizationServerMetadata(
                json, issuer: issuer, endpointHosts: endpointHosts)
        else { return }
        try require(
            server.issuer.isSame(as: issuer) || server.issuer.isSame(as: issuer + "/"),
            "the issuer is the one that was asked")
        let endpoints = [
            server.authorizationEndpoint, server.tokenEndpoint, server.revocationEndpoint,
        ]
        for endpoint in endpoints.compactMap(\.self) {
            try require(
                endpoint.origin == "https://as.example:443"
                    || endpoint.scheme == "https"
                        && endpoint.host()?.lowercased() == "login.example",
                "'\(endpoint)' is a pinned endpoint")
            try CurlAddress.check(endpoint)
        }
        let state = Secret("fuzz-state")
        let request = try AuthorizationRequest(
            server: server, clientID: "c", redirectURI: "http://127.0.0.1:8423/callback",
            scopes: ["a:read"], state: state, parameters: ["state": "other", "x": "&state=y"])
        try require(
            request.url.origin == server.authorizationEndpoint?.origin, "the browser goes there too"
        )
        let ours = FormURLEncoding.encode([("state", "fuzz-state")])
        try require(request.url.query()?.contains(ours) == true, "the request carries the state")
        try CurlAddress.check(request.url)
    }

    private static func exchanging(_ json: JSONValue) throws {
        guard let answer = try? TokenResponse(json) else { return }
        for token in [answer.accessToken, answer.refreshToken].compactMap(\.self) {
            try require(
                !token.reveal().isEmpty
                    && token.reveal().utf8.allSatisfy { (0x20...0x7E).contains($0) },
                "a token fits in a header")
        }
        if let life = answer.expiresIn {
            try require((.zero ... .seconds(315_360_000)).contains(life), "a life is ten years")
        }
        let scopes = answer.scopes ?? []
        try require(Set(scopes).count == scopes.count, "a scope is granted once")
    }
}

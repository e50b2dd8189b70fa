import Engine

/// How a provider's client appears at the authorization server.
enum ClientChecks {
    static let all: [ContractCheck] = [
        ContractCheck("declaration.client", "the client's id is visible ASCII") {
            let id = $0.declared.authentication.clientID ?? ""
            try demand(
                !id.isEmpty && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "'\(id)' is not")
        }.only(.code, .device),
        ContractCheck(
            "declaration.client.document",
            "a client's id that is an address is one that servers will read", lines: ["CIMD-1"]
        ) {
            let id = $0.declared.authentication.clientID ?? ""
            guard id.hasPrefix("http") else {
                throw NotApplicable("its client is known by a name")
            }
            let url = try demand(URLComponents(string: id), "'\(id)' is no address")
            let segments = url.path.split(separator: "/")
            try demand(url.scheme == "https" && !segments.isEmpty, "'\(id)' has no https path")
            try demand(!segments.contains(".") && !segments.contains(".."), "its path has dots")
            try demand(
                url.user == nil && url.fragment == nil && url.query == nil,
                "it has a user, a query or a fragment")
        }.only(.code, .device),
        ContractCheck(
            "declaration.redirect.ports", "each registered port is there once and needs no root"
        ) {
            let ports = $0.declared.redirectPorts
            try DeclarationChecks.unique(ports.map { "\($0)" }, "port")
            try demand(ports.allSatisfy { $0 >= 1024 }, "one of \(ports) is below 1024")
        }.only(.code),
        ContractCheck(
            "declaration.redirect.path", "the callback's path is plain and its own",
            lines: ["8252-9"]
        ) {
            let path = $0.declared.callbackPath
            let isPlain = path.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "/-_.".utf8.contains($0)
            }
            try demand(
                path.hasPrefix("/") && path.count > 1 && !path.hasSuffix("/") && isPlain,
                "'\(path)' is not a path of lower-case letters, digits and hyphens")
            try demand(
                path.hasSuffix("/\($0.declared.id)") || !$0.declared.redirectPorts.isEmpty,
                "'\(path)' is another provider's too, though any port is taken")
        }.only(.code),
        ContractCheck(
            "declaration.authorization-parameters",
            "no further parameter of the authorization request replaces one of the protocol's",
            lines: ["9700-6"]
        ) {
            let taken: Set = [
                "response_type", "client_id", "redirect_uri", "state", "code_challenge",
                "code_challenge_method", "scope", "client_secret", "code", "iss", "request",
                "request_uri",
            ]
            let names = $0.declared.authorizationParameters.keys
            try demand(taken.isDisjoint(with: names), "one of \(names.sorted()) does")
            try demand(names.allSatisfy(\.isToken), "one of \(names.sorted()) is no plain name")
        }.only(.code),
        ContractCheck("declaration.grant-fields.names", "each kept member has a name of its own") {
            let fields = $0.declared.grantFields
            try DeclarationChecks.unique(fields.map(\.name), "grant field")
            try DeclarationChecks.unique(fields.map(\.member), "member")
            let taken: Set = [
                "accessToken", "refreshToken", "expiresAt", "tokenEndpoint", "clientId", "scopes",
                "privateHost", "issuer", "revocationEndpoint",
            ]
            let both = taken.intersection(fields.map(\.name))
            try demand(both.isEmpty, "the grant itself has \(both.sorted())")
        },
        ContractCheck(
            "declaration.grant-fields.members", "no token is kept in the clear as a further member"
        ) {
            let taken: Set = [
                "access_token", "refresh_token", "id_token", "token_type", "expires_in", "scope",
            ]
            let both = taken.intersection($0.declared.grantFields.map(\.member))
            try demand(both.isEmpty, "\(both.sorted()) are the protocol's own")
        },
        ContractCheck(
            "declaration.no-secret", "no client secret can be declared", lines: ["8252-7"]
        ) {
            let names = $0.declared.authorizationParameters.keys.map { $0.lowercased() }
            try demand(!names.contains { $0.contains("secret") }, "a parameter is one")
        },
    ]
}

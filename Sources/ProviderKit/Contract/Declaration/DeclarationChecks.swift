import Engine

/// What a provider says of itself: its name, its places, its scopes.
enum DeclarationChecks {
    static let all: [ContractCheck] = [
        ContractCheck("declaration.id", "the id fits a command, a path and a variable") {
            let list = [$0.declared]
            do throws(ConfigurationError) {
                _ = try ProviderRegistry(list)
            } catch {
                throw Broken(error.description)
            }
        },
        ContractCheck("declaration.name", "the name is one line of text") {
            try demand($0.declared.name.isLine(60), "'\($0.declared.name)' is none")
        },
        ContractCheck("declaration.hosts", "each host is a named https address without a slash") {
            for host in $0.declared.hosts {
                try demand(host.name.isLine(60), "a host has no name")
                try demand(
                    host.api == nil || $0.kind != .keys, "keys go to the host that is named")
                for address in [host.address] + [host.api].compactMap({ $0 }) {
                    try demand(address.isSecureOrigin, "'\(address)' is no such address")
                }
            }
        },
        ContractCheck("declaration.hosts.unique", "no host is offered twice") {
            try unique($0.declared.hosts.map(\.address), "host")
            try unique($0.declared.hosts.map(\.name), "host name")
        },
        ContractCheck("declaration.hosts.resolved", "an offered host stands for itself") {
            for host in $0.declared.hosts {
                let url = try demand(URL(string: host.address), "'\(host.address)' is no address")
                let resolved = $0.declared.resolve(url).url.absoluteString
                try demand(resolved == host.address, "'\(host.address)' becomes '\(resolved)'")
            }
        },
        ContractCheck("declaration.hosts.stable", "a host that was resolved stays as it is") {
            for text in ["https://self.hosted.example", "http://127.0.0.1:8000"] {
                let url = try demand(URL(string: text), "'\(text)' is no address")
                let once = $0.declared.resolve(url).url
                let twice = $0.declared.resolve(once).url
                try demand(once == twice, "'\(once)' becomes '\(twice)'")
            }
        },
        ContractCheck("declaration.scopes.spelling", "each scope is spelt as RFC 6749 has it") {
            for scope in $0.declared.scopes {
                try demand(scope.isWellFormed, "'\(scope.rawValue)' is not")
            }
        },
        ContractCheck("declaration.scopes.unique", "no scope is asked for twice") {
            try unique($0.declared.scopes.map(\.rawValue), "scope")
        },
        ContractCheck(
            "declaration.scopes.covered", "what was asked for covers what was asked for"
        ) {
            guard !$0.declared.scopes.isEmpty else { throw NotApplicable("it asks for no scopes") }
            let gap = $0.declared.scopeGap(of: $0.declared.scopes)
            try demand(gap.isEmpty, "the full grant lacks \(gap.map(\.rawValue))")
        },
        ContractCheck("declaration.scopes.none", "a grant without scopes covers none") {
            guard !$0.declared.scopes.isEmpty else { throw NotApplicable("it asks for no scopes") }
            let gap = $0.declared.scopeGap(of: [])
            try demand(gap == $0.declared.scopes, "an empty grant lacks only \(gap.count) scopes")
        },
        ContractCheck(
            "declaration.features.scopes", "a feature needs scopes that are asked for",
            lines: ["9700-5"]
        ) {
            for feature in $0.declared.features {
                let strange = Set(feature.scopes).subtracting($0.declared.scopes)
                try demand(strange.isEmpty, "'\(feature.name)' needs \(strange.map(\.rawValue))")
            }
        }.only(.code, .device),
        ContractCheck(
            "declaration.features.names", "a feature's name fits the end of a sentence"
        ) {
            try unique($0.declared.features.map(\.name), "feature")
            for name in $0.declared.features.map(\.name) {
                try demand(name.isLine(60) && !name.hasSuffix("."), "'\(name)' does not")
            }
        },
        ContractCheck("declaration.discovery", "the metadata's place is one segment of a path") {
            let suffix = $0.declared.discovery.wellKnownSuffix
            try demand(suffix.isToken, "'\(suffix)' is none")
        },
        ContractCheck(
            "declaration.endpoint-hosts", "each further host of endpoints is a bare host name",
            lines: ["8414-8"]
        ) {
            for host in $0.declared.endpointHosts {
                try demand(
                    URL(string: "https://\(host)")?.host() == host && host == host.lowercased(),
                    "'\(host)' is none in lower case")
            }
        },
        ContractCheck("declaration.idle-limit", "a refresh token's idle limit is a time to come") {
            try demand($0.declared.refreshTokenIdleLimit.map { $0 > .zero } ?? true, "it is not")
        },
        ContractCheck(
            "declaration.revocation", "the page to end a grant is one line", lines: ["7009-7"]
        ) {
            try demand($0.declared.revocation.page.map { $0.isLine(100) } ?? true, "it is not")
        },
        ContractCheck("declaration.hint", "the way around OAuth starts with a verb") {
            let hint = $0.declared.unsupportedHint
            try demand(hint.map(\.isHint) ?? true, "'\(hint ?? "")' does not")
        },
    ]

    static func unique(_ names: [String], _ what: String) throws {
        let twice = Dictionary(grouping: names, by: { $0 }).filter { $1.count > 1 }.keys.sorted()
        try demand(twice.isEmpty, "the \(what) '\(twice.first ?? "")' is there twice")
    }
}

extension String {
    /// Whether it is one line that a terminal can show.
    func isLine(_ limit: Int) -> Bool {
        !isEmpty && count <= limit && self == sanitized(limit: limit)
    }

    /// Whether it starts with a verb, as far as letters can tell.
    var isHint: Bool { isLine(300) && first?.isLowercase == true && !hasSuffix(".") }

    /// The token of RFC 9110 §5.6.2.
    var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
                    || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
    }

    var isSecureOrigin: Bool {
        guard let url = URL(address: self) else { return false }
        return url.scheme == "https" && !hasSuffix("/")
    }
}

extension Scope {
    /// The characters of RFC 6749 §3.3.
    fileprivate var isWellFormed: Bool {
        !rawValue.isEmpty
            && rawValue.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    }
}

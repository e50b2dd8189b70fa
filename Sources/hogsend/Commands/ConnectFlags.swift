import Engine

/// What of `connect` follows from a provider's declaration: flags, and what help tells of it.
enum ConnectFlags {
    static func host(of provider: (any Provider)?) -> Flag {
        Flag(
            "--\(provider?.id.rawValue ?? "<provider>")-host", alias: "--host", value: "URL",
            "the service to authorize against")
    }

    /// Only where the client is known by its document may another document stand in for it.
    static func client(of provider: (any Provider)?) -> [Flag] {
        guard provider?.isKnownByDocument ?? true else { return [] }
        return [
            Flag(
                "--client-id", value: "URL",
                "a client document of your own, such as `hogsend serve` publishes")
        ]
    }

    /// Only where the instance makes the webhook secret is there one to make anew.
    static func rotation(of provider: (any Provider)?) -> [Flag] {
        if let provider, provider.mintingSource == nil { return [] }
        return [
            Flag("--rotate-secret", "replace the webhook secret; the old one counts for a while"),
            Flag("--grace", value: "DURATION", "how long it counts: 0s, 90s, 5m, 24h (10m)"),
        ]
    }

    /// Keys come from a file, and all else needs a browser.
    static func login(of provider: (any Provider)?) -> [Flag] {
        let keys = [
            Flag("--key-file", value: "PATH", "a file with the keys to paste; - is stdin")
        ]
        let browser = [
            Flag("--no-browser", "print the address instead of opening a browser"),
            Flag("--timeout", value: "DURATION", "how long to wait for the browser: 90s, 5m (5m)"),
        ]
        guard let provider else { return keys + browser }
        return provider.authentication.keyFields.isEmpty ? browser : keys
    }

    /// Checks an address that the user gave for his client.
    static func clientID(_ text: String) throws(UsageError) -> String {
        guard ClientMetadata.isAddress(text) else {
            throw UsageError(
                "'--client-id' is not an https address with a path, without user, query and fragment"
            )
        }
        return text
    }

    static func sections(of provider: any Provider) -> [HelpSection] {
        let callbacks = provider.authentication.usesAuthorizationCode ? provider.redirectURIs : []
        return [
            HelpSection(
                "keys, by their names in a key file",
                provider.authentication.keyFields.map {
                    ($0.name, "\($0.label): \($0.rule.words)\($0.isSecret ? " (hidden)" : "")")
                }),
            HelpSection("hosts", provider.hosts.map { ($0.address, $0.name) }),
            HelpSection("callback", callbacks.map { ($0, "") }),
            HelpSection(
                "features, and the scopes that they need",
                provider.features.map { ($0.name, $0.scopes.joined) }),
            HelpSection(
                "variables of the instance",
                provider.variables.map { ($0.name, $0.summary) }),
        ].compactMap { $0 }
    }
}

/// What an instance runs with, read from the environment and checked before anything starts.
package struct InstanceConfiguration: Sendable {
    package static let defaultPort: UInt16 = 3002
    private static let defaultPublicURL = "http://localhost:3002"
    private static let shortestSecret = 32

    package let database: DatabaseURL
    package let addresses: [ListeningSocket.Address]
    package let port: UInt16
    package let publicURL: URL
    package let authSecret: Secret
    package let previousAuthSecrets: [Secret]
    package let adminKey: Secret
    package let certificateFile: String?
    /// Where to send word of a grant that needs its user; it may hold a key.
    package let alertURL: URL?
    /// After how many days events are removed; nil for never.
    package let retentionDays: Int?
    package let providers: [ProviderID: ProviderConfiguration]
    /// Sentences for the log.
    package let warnings: [String]

    /// Reads and checks; makes the data folder and, on loopback, the keys that are missing.
    ///
    /// Throws an ``ActionableError`` for whatever cannot be used, and refuses to start without keys
    /// when anyone but this machine could reach the instance.
    package init(_ environment: Environment, registry: ProviderRegistry) throws {
        addresses = try Self.addresses(environment["HOST"])
        port = try Self.port(environment["PORT"])
        publicURL = try Self.publicURL(environment["API_PUBLIC_URL"])
        certificateFile = environment.certificateFile
        alertURL = try Self.alertURL(environment["HOGSEND_ALERT_URL"])
        retentionDays = try Self.retentionDays(environment["EVENTS_RETENTION_DAYS"])
        let folder = DataFolder(environment)
        let keys = InstanceKeys(
            environment: environment, folder: folder, isLocal: try Self.isLocal(environment))
        let given = try environment["DATABASE_URL"].map { text throws(DatabaseError) in
            try DatabaseURL(text)
        }
        authSecret = try keys.authSecret(for: given)
        adminKey = try keys.secret("ADMIN_API_KEY", .admin)
        guard adminKey.reveal().utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ConfigurationError(
                "ADMIN_API_KEY is not printable ASCII without spaces, so no header can carry it",
                hint:
                    "set ADMIN_API_KEY to letters and digits, as `openssl rand -hex 32` prints them"
            )
        }
        previousAuthSecrets = Self.previousSecrets(environment)
        if given == nil { try folder.create() }
        database = given ?? .sqlite(path: folder.databasePath)
        var providers: [ProviderID: ProviderConfiguration] = [:]
        for provider in registry.providers {
            providers[provider.id] = try provider.configuration(in: environment)
        }
        self.providers = providers
        warnings =
            authSecret.reveal().count < Self.shortestSecret
            ? ["BETTER_AUTH_SECRET is shorter than \(Self.shortestSecret) characters"] : []
    }

    private static func alertURL(_ text: String?) throws(ConfigurationError) -> URL? {
        guard let text else { return nil }
        guard let url = URL(string: text), URL(address: String(text.prefix { $0 != "?" })) != nil
        else {
            throw ConfigurationError(
                "HOGSEND_ALERT_URL is not an http or https address",
                hint: "set HOGSEND_ALERT_URL to an address that takes a POST, or leave it out")
        }
        return url
    }

    private static func retentionDays(_ text: String?) throws(ConfigurationError) -> Int? {
        guard let text else { return nil }
        guard let days = Int(text), (1...36_500).contains(days) else {
            throw ConfigurationError(
                "EVENTS_RETENTION_DAYS is not a number of days from 1 to 36500",
                hint:
                    "set EVENTS_RETENTION_DAYS to a number such as 90, or leave it out to keep all")
        }
        return days
    }

    /// Whether nothing but this machine can reach the instance.
    static func isLocal(_ environment: Environment) throws(ConfigurationError) -> Bool {
        let isPublicURLLocal = try publicURL(environment["API_PUBLIC_URL"]).isLoopback
        return try addresses(environment["HOST"]).allSatisfy(\.isLoopback) && isPublicURLLocal
    }

    /// Newest first.
    static func previousSecrets(_ environment: Environment) -> [Secret] {
        (environment["BETTER_AUTH_SECRET_PREVIOUS"] ?? "")
            .split(separator: ",").map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
            .map { Secret($0) }
    }

    private static func addresses(
        _ host: String?
    ) throws(ConfigurationError) -> [ListeningSocket.Address] {
        guard let host, host.lowercased() != "localhost" else {
            return [.loopbackIPv4, .loopbackIPv6]
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let bare = isBracketed ? String(host.dropFirst().dropLast()) : host
        guard ListeningSocket.Address.isNumeric(bare) else {
            throw ConfigurationError(
                "HOST is not a numeric address",
                hint:
                    "set HOST to an address such as 0.0.0.0, or leave it out for this machine alone"
            )
        }
        return [ListeningSocket.Address(bare)]
    }

    private static func port(_ text: String?) throws(ConfigurationError) -> UInt16 {
        guard let text else { return defaultPort }
        guard let port = UInt16(text) else {
            throw ConfigurationError(
                "PORT is not a number from 0 to 65535",
                hint: "set PORT to a free port, such as 3002")
        }
        return port
    }

    private static func publicURL(_ text: String?) throws(ConfigurationError) -> URL {
        guard let url = URL(address: text ?? defaultPublicURL), !url.holdsBraces else {
            throw ConfigurationError(
                "API_PUBLIC_URL is not an http or https address",
                hint: "set API_PUBLIC_URL to the address at which providers reach this instance")
        }
        return url
    }
}

extension URL {
    /// Braces are template code to some services that are given this address.
    fileprivate var holdsBraces: Bool {
        absoluteString.contains("{") || absoluteString.contains("}")
    }
}

extension Environment {
    /// A file of certificates to trust.
    ///
    /// Like a proxy it is taken from the process alone: a folder's `.env` must not change whom this
    /// user trusts.
    package var certificateFile: String? {
        ofProcess("CURL_CA_BUNDLE") ?? ofProcess("SSL_CERT_FILE")
    }
}

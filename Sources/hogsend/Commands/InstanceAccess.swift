import Engine

/// Which instance is meant and with which key.
struct InstanceAccess {
    let arguments: Arguments
    let context: CommandContext

    private static let defaultURL = "http://localhost:3002"

    func client() async throws -> InstanceClient {
        let url = try address()
        let key = try await adminKey(for: url)
        warnAboutMixedSources()
        if url.isInsecure {
            context.console.warning(
                "\(url.withoutTrailingSlash) is plain http: the admin key, and tokens on connect,"
                    + " cross the network unencrypted; use https for a remote instance")
        }
        return InstanceClient(url: url, adminKey: key, client: context.client)
    }

    private func address() throws -> URL {
        if let given = arguments["--url"] {
            guard let url = URL(address: given) else {
                throw UsageError("'--url' is not an http or https address")
            }
            return url
        }
        guard let url = URL(address: context.environment["HOGSEND_API_URL"] ?? Self.defaultURL)
        else {
            throw ConfigurationError(
                "HOGSEND_API_URL is not an http or https address",
                hint: "set it to the instance's address, or pass --url")
        }
        return url
    }

    private func adminKey(for url: URL) async throws -> Secret {
        if let key = arguments["--admin-key"] { return try checked(key) }
        if let path = arguments["--admin-key-file"] { return try checked(try await read(path)) }
        for name in ["HOGSEND_ADMIN_KEY", "ADMIN_API_KEY"] {
            if let key = context.environment[name] { return try checked(key) }
        }
        if url.isLoopback, let key = DataFolder(context.environment).key(.admin) { return key }
        throw ConnectError(
            .unauthorized, "no admin key is given for '\(url.withoutTrailingSlash)'",
            hint: "pass --admin-key-file PATH or set HOGSEND_ADMIN_KEY")
    }

    /// A key that no header can carry is refused here, without showing it.
    private func checked(_ key: String) throws -> Secret {
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw UsageError("the admin key is not printable ASCII without spaces")
        }
        return Secret(key)
    }

    private func read(_ path: String) async throws -> String {
        guard let data = await PatientInput.read(path, atMost: 4096),
            let text = String(validating: data, as: UTF8.self)
        else {
            try Task.checkCancellation()
            throw UsageError("the admin key file '\(path.sanitized())' cannot be read")
        }
        return text.trimmingWhitespace()
    }

    /// A `.env` that came with somebody's folder must not pair its own address with the user's key,
    /// nor its key with the user's address, unnoticed.
    private func warnAboutMixedSources() {
        let environment = context.environment
        let isURLFromFile = arguments["--url"] == nil && environment.isFromFile("HOGSEND_API_URL")
        let isURLGiven =
            arguments["--url"] != nil || environment["HOGSEND_API_URL"] != nil && !isURLFromFile
        guard let isKeyFromFile else { return }
        if isKeyFromFile, isURLGiven {
            context.console.warning(
                "the admin key comes from .env, the instance's address does not")
        } else if !isKeyFromFile, isURLFromFile {
            context.console.warning(
                "the instance's address comes from .env, the admin key does not")
        }
    }

    /// Nil when the key is the local instance's own.
    private var isKeyFromFile: Bool? {
        if arguments["--admin-key"] != nil || arguments["--admin-key-file"] != nil { return false }
        let environment = context.environment
        let name = ["HOGSEND_ADMIN_KEY", "ADMIN_API_KEY"].first { environment[$0] != nil }
        return name.map { environment.isFromFile($0) }
    }
}

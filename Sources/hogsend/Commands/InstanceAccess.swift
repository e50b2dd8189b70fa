import Engine

#if canImport(Glibc)
    import Glibc
    private let systemRead = Glibc.read
#else
    import Darwin
    private let systemRead = Darwin.read
#endif

/// Which instance is meant and with which key.
struct InstanceAccess {
    let arguments: Arguments
    let context: CommandContext

    private static let defaultURL = "http://localhost:3002"

    func client() throws -> InstanceClient {
        let environment = context.environment
        let given = arguments["--url"] ?? environment["HOGSEND_API_URL"] ?? Self.defaultURL
        guard let url = URL(address: given) else {
            throw UsageError("the instance's address is not an http or https address")
        }
        let key = try adminKey(for: url)
        warnAboutMixedSources()
        return InstanceClient(url: url, adminKey: key, client: context.client)
    }

    private func adminKey(for url: URL) throws -> Secret {
        if let key = arguments["--admin-key"] { return try checked(key) }
        if let path = arguments["--admin-key-file"] { return try checked(try read(path)) }
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

    private func read(_ path: String) throws -> String {
        let data =
            path == "-"
            ? Self.standardInput() : FileManager.default.contents(atPath: path)
        guard let data, data.count <= 4096, let text = String(validating: data, as: UTF8.self)
        else {
            throw UsageError("the admin key file '\(path.sanitized())' cannot be read")
        }
        return text.trimmingWhitespace()
    }

    private static func standardInput() -> Data? {
        var bytes = [UInt8](repeating: 0, count: 8192)
        var data = Data()
        while data.count <= 4096 {
            let count = systemRead(STDIN_FILENO, &bytes, bytes.count)
            guard count > 0 else { return count == 0 ? data : nil }
            data.append(contentsOf: bytes.prefix(count))
        }
        return nil
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

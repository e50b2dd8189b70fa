#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The instance's folder on its own machine, where a loopback instance keeps keys it made itself
/// and a client of the same user finds the admin key.
package struct DataFolder: Sendable, Equatable {
    package enum Key: String, Sendable {
        case admin = "admin-key"
        case auth = "auth-secret"
    }

    package let path: String

    package init(_ environment: Environment) {
        let home = environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path
        let state = environment["XDG_STATE_HOME"] ?? home + "/.local/state"
        path = environment["HOGSEND_DATA_DIR"] ?? state + "/hogsend"
    }

    package var databasePath: String { path + "/hogsend.db" }

    /// Makes the folder, readable by this user alone.
    package func create() throws(ConfigurationError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationError(
                "the data folder '\(path)' cannot be made",
                hint: "set HOGSEND_DATA_DIR to a folder that this user may write to")
        }
    }

    /// The key that was made here; nil when there is none, or when the file belongs to someone
    /// else or others may read it.
    package func key(_ key: Key) -> Secret? {
        let descriptor = open(file(key), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        return text.trimmingWhitespace().isEmpty ? nil : Secret(text.trimmingWhitespace())
    }

    /// The key that is here, made now when there is none.
    ///
    /// The file appears whole under its name, so that of two instances starting at once both read
    /// the same key.
    package func keyMakingOne(_ key: Key) throws(ConfigurationError) -> Secret {
        if let secret = self.key(key) { return secret }
        let draft = "\(file(key)).\(Random.token())"
        defer { unlink(draft) }
        let text = Array((Random.token() + "\n").utf8)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        defer { if descriptor >= 0 { close(descriptor) } }
        if descriptor >= 0, write(descriptor, text, text.count) == text.count,
            fsync(descriptor) == 0
        {
            link(draft, file(key))
        }
        guard let secret = self.key(key) else {
            throw ConfigurationError(
                "the key file '\(file(key))' cannot be made, or others may read it",
                hint: "check that the folder belongs to this user and the file's mode is 0600")
        }
        return secret
    }

    private func file(_ key: Key) -> String { "\(path)/\(key.rawValue)" }
}

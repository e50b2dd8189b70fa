import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file that `--key-file` names.
struct KeyFile {
    /// Far more than any keys; what is larger is another file.
    private static let limit = 64 << 10

    let path: String
    let console: Console

    /// Refuses a command line on which it cannot be meant.
    static func check(_ arguments: Arguments, for provider: any Provider) throws(UsageError) {
        guard !provider.authentication.keyFields.isEmpty else {
            throw UsageError("'--key-file' is for providers whose keys are pasted")
        }
        guard arguments["--key-file"] != "-" || arguments["--admin-key-file"] != "-" else {
            throw UsageError("'--key-file' and '--admin-key-file' cannot both be stdin")
        }
    }

    /// What it holds, which nobody has looked at yet.
    func read() async throws -> Secret {
        if path != "-" { warn() }
        guard let data = await PatientInput.read(path, atMost: Self.limit) else {
            try Task.checkCancellation()
            throw ConnectError(
                .keyMissing,
                // Whoever gave the key in place of a path must not see it here.
                "the file that --key-file names cannot be read, or is larger than \(Self.limit >> 10) KiB",
                hint: "pass the path of a file, and never a key", isCredentialStored: false)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConnectError(
                .keyInvalid, "the file that --key-file names is not UTF-8 text",
                hint: "check the path that --key-file names", isCredentialStored: false)
        }
        return Secret(text)
    }

    /// A pipe that the shell made is nobody else's, whatever its mode.
    private func warn() {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & (S_IRGRP | S_IROTH) != 0
        else { return }
        console.warning(
            "the key file '\(path.sanitized())' can be read by others on this machine; chmod 600 closes it"
        )
    }
}

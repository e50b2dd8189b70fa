import Foundation

/// A private authority and one certificate of a server, made by `openssl` in a folder that ends
/// with the test.
struct Certificates {
    enum Kind {
        /// For localhost, 127.0.0.1 and as.example, signed by the authority.
        case good
        /// The same, over since yesterday.
        case expired
        /// For another name.
        case wrongName
        /// Signed by itself.
        case selfSigned
    }

    let folder: TemporaryFolder
    var authority: String { "\(folder.path)/authority.pem" }
    var certificate: String { "\(folder.path)/server.pem" }
    var key: String { "\(folder.path)/server.key" }

    init(_ kind: Kind) async throws {
        folder = try TemporaryFolder()
        let names =
            kind == .wrongName
            ? "DNS:other.example" : "DNS:localhost,IP:127.0.0.1,DNS:as.example"
        try await selfSign("Test authority", certificate: "authority.pem", key: "authority.key")
        if kind == .selfSigned {
            try await selfSign(
                "localhost", certificate: "server.pem", key: "server.key",
                ["-addext", "subjectAltName=\(names)"])
        } else {
            try await sign(names, days: kind == .expired ? "-1" : "2")
        }
    }

    private func sign(_ names: String, days: String) async throws {
        try await openssl(
            ["req", "-new"] + Self.newKey + [
                "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server", "-addext",
                "subjectAltName=\(names)",
            ])
        try await openssl([
            "x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey",
            "authority.key", "-copy_extensions", "copyall", "-days", days, "-out", "server.pem",
        ])
    }

    private static let newKey = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
    ]

    private func selfSign(
        _ name: String, certificate: String, key: String, _ more: [String] = []
    ) async throws {
        try await openssl(
            ["req", "-x509"] + Self.newKey + [
                "-keyout", key, "-out", certificate, "-subj", "/CN=\(name)", "-days", "2",
            ] + more)
    }

    private func openssl(_ arguments: [String]) async throws {
        let ended = try await Program(
            name: "/usr/bin/env", arguments: ["openssl"] + arguments, folder: folder.path
        ).run()
        guard ended.status == 0 else { throw Failed(text: ended.errors) }
    }

    struct Failed: Error {
        let text: String
    }
}

import Engine
import Foundation

/// A PostgreSQL server that is thrown away after use; it ends with this process, however that ends.
package final class PostgresCluster: Sendable {
    /// The one of this test process, started when it is first asked for.
    package static let shared = Task { try await PostgresCluster() }

    /// What no error, log line or answer may hold.
    package static let password = "hunter2-postgres"

    private let process: ServerProcess
    private let host: String
    private let administration: PostgresDatabase
    /// The file that signs the server's key, which is its own; nil where it has none.
    package let certificate: String?

    /// Starts a server; an encrypted one takes no other connections.
    package init(isEncrypted: Bool = false) async throws {
        process = try ServerProcess(isEncrypted ? ["--tls"] : [])
        let answer = try await process.answer("listening ").split(separator: " ").map(String.init)
        certificate = answer.dropFirst().first
        host = "hogsend:\(Self.password)@127.0.0.1:\(answer.first ?? "")"
        administration = PostgresDatabase(try PostgresAddress("postgres://\(host)/postgres"))
    }

    /// The address of the database `name`.
    package func address(of name: String = "postgres") -> String { "postgres://\(host)/\(name)" }

    /// Lets `body` use a database of its own, given by its address.
    package func withDatabase<Result>(
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let name = "test_\(UUID().uuidString.filter(\.isHexDigit).lowercased())"
        try await administration.query("CREATE DATABASE \(name)")
        do {
            let result = try await body(address(of: name))
            try await administration.query("DROP DATABASE \(name) WITH (FORCE)")
            return result
        } catch {
            _ = try? await administration.query("DROP DATABASE \(name) WITH (FORCE)")
            throw error
        }
    }

    /// Stops the server as a crash would, and keeps its data.
    package func stop() async throws {
        try process.tell("stop")
        _ = try await process.answer("stopped")
    }

    package func start() async throws {
        try process.tell("start")
        _ = try await process.answer("listening ")
    }

    /// Takes the server and its data away.
    package func end() async {
        await administration.close()
        await process.end()
    }
}

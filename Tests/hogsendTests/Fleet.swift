import Engine
import Foundation
import TestDatabases
import Testing

/// A database with one grant, and the processes that share it.
struct Fleet {
    private static let secret = "fleet-\(Random.token())"

    let url: String
    let peer: RefreshPeer
    let database: any Database
    let store: CredentialStore
    private let parts: TokenParts
    /// The grant's token at first, by its digest.
    let oldToken: String
    private let requestsBefore: Int

    /// Makes the tables and stores a grant of the peer.
    init(_ url: String, _ database: any Database, _ peer: RefreshPeer, left: Double) async throws {
        self.url = url
        self.peer = peer
        self.database = database
        try await Migrator(database, Instance.migrations).migrate()
        let sealer = try CredentialSealer(secret: Secret(Self.secret))
        store = CredentialStore(database, sealer: sealer)
        parts = TokenParts(database: database, sealer: sealer, client: CurlClient())
        let grant = try await peer.grant(left: left)
        oldToken = try Self.digest(grant["accessToken"])
        try await store.save("acme", .oauth, grant)
        try await database.query(
            "UPDATE provider_credentials SET updated_at = $1",
            .text(Date(timeIntervalSinceNow: left - 3600).iso8601))
        requestsBefore = peer.requests.count
    }

    /// Lets `body` act on a fleet whose database is a file.
    static func onSQLite(
        _ peer: RefreshPeer, left: Double = -1, _ body: (Fleet) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let database = try await SQLiteDatabase(path: "\(folder.path)/fleet.db")
        let url = "sqlite:\(folder.path)/fleet.db"
        do {
            try await body(try await Fleet(url, database, peer, left: left))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Lets `body` act on a fleet whose database is a PostgreSQL server's.
    static func onPostgres(
        _ peer: RefreshPeer, left: Double = -1, _ body: (Fleet) async throws -> Void
    ) async throws {
        try await PostgresCluster.shared.value.withDatabase { address in
            let database = try await DatabaseURL(address).open()
            do {
                try await body(try await Fleet(address, database, peer, left: left))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    static func digest(_ token: JSONValue?) throws -> String {
        let text = try #require(token?.string)
        return Base64URL.encode(try SHA256.hash(text.utf8).prefix(9))
    }

    // MARK: Members

    /// Starts processes that wait for the end of their input.
    func start(
        _ count: Int, callers: Int, lease: Duration = .seconds(30), stop: [String] = []
    ) async throws -> [RunningProgram] {
        let program = Program(
            name: "token-fleet",
            arguments: [url, "\(callers)", "\(Int(lease / .milliseconds(1)))"] + stop,
            environment: ["BETTER_AUTH_SECRET": Self.secret], input: nil)
        let members = try (0..<count).map { _ in try program.start() }
        for member in members {
            try await member.wait { $0.output.contains("ready") ? () : nil }
        }
        return members
    }

    /// A process that stands still at that step.
    func halted(at step: String, lease: Duration) async throws -> RunningProgram {
        let members = try await start(1, callers: 1, lease: lease, stop: [step, "pause"])
        let member = try #require(members.first)
        member.closeInput()
        try await member.wait { $0.output.contains("at \(step)") ? () : nil }
        return member
    }

    /// What the callers of each process got: how many which token or which failure.
    func results(of members: [RunningProgram]) async throws -> [[String: Int64]] {
        for member in members { member.closeInput() }
        var results: [[String: Int64]] = []
        for member in members {
            let ended = await member.end(within: .seconds(20))
            let last = ended.output.split(separator: "\n").last.map { Data($0.utf8) } ?? Data()
            let counts = try #require(
                JSONValue(decoding: last)?.object, "\(ended.status) \(ended.output)")
            results.append(counts.compactMapValues(\.integer))
        }
        return results
    }

    // MARK: What is so now

    var requests: [String] { Array(peer.requests.dropFirst(requestsBefore)) }

    func row() async throws -> StoredCredential {
        try #require(try await store.load("acme", .oauth))
    }

    /// The row as it lies in the table.
    func payload() async throws -> String? {
        try await database.query("SELECT payload FROM provider_credentials")
            .first?.text("payload")
    }

    /// Expects that the user is needed because an answer was lost.
    func expectLost() async throws {
        #expect(try await status().word == .needsReconnect)
        #expect(try await reason() == .answerLost)
    }

    /// Waits until the server has acted on a request whose sender may be gone.
    func waitForRequest() async throws {
        _ = try await peer.program.wait { _ in requests.isEmpty ? nil : true }
    }

    func storedToken() async throws -> String {
        try Self.digest(try await row().contents?["accessToken"])
    }

    /// Why the user is needed.
    func reason() async throws -> RefreshRecord.Reason? {
        try await RefreshJournal(database).record("acme").failure?.reason
    }

    func status() async throws -> CredentialStatus { try await parts.status(of: try await row()) }
}

import Engine
import Foundation
import Testing

extension BinaryTests {
    /// A thousand rows, sealed anew by a process that is killed, while others read and refresh.
    @Suite("rewrapping under load") struct RewrapLoadTests {
        @Test(arguments: StageDatabase.allCases)
        func `no read fails, no row is left behind and no refresh is lost`(
            kind: StageDatabase
        ) async throws {
            try await kind.make { address in try await RewrapLoad(address: address).run() }
        }
    }
}

/// The rows, and those who are busy with them.
private struct RewrapLoad {
    private static let count = 1000
    private static let busy: ProviderID = "p500"
    let address: String
    private let old = "hunter2-old-\(Random.token())"
    private let new = "hunter2-new-\(Random.token())"

    init(address: String) { self.address = address }

    private func withStore<Value>(
        _ secret: String, previous: [String] = [],
        _ body: (any Database, CredentialStore) async throws -> Value
    ) async throws -> Value {
        let database = try await DatabaseURL(address).open()
        let sealer = try CredentialSealer(
            secret: Secret(secret), previous: previous.map { Secret($0) })
        let value = try await body(database, CredentialStore(database, sealer: sealer))
        await database.close()
        return value
    }

    private static func id(_ number: Int) -> ProviderID { ProviderID(rawValue: "p\(number)") }

    /// Every third row is of the earlier format, every tenth a derived one.
    private func fill() async throws {
        let sealer = try CredentialSealer(secret: Secret(old))
        let rows = try (0..<Self.count).map { number in
            let kind = number % 10 == 9 ? CredentialKind.derived : .oauth
            let format = number % 3 == 0 ? SealedFormat.legacy : .envelope
            let payload = try sealer.seal(
                Data("\(number)".utf8), provider: Self.id(number), kind: kind, as: format)
            return SQLStatement(
                """
                INSERT INTO provider_credentials
                  (id, provider_id, kind, payload, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $5)
                """, .text(UUID().uuidString), .text(Self.id(number).rawValue),
                .text(kind.rawValue), .text(payload), .text(Date().iso8601))
        }
        try await withStore(old) { database, _ in
            try await Migrator(database, Instance.migrations).migrate()
            try await database.transaction(rows)
        }
    }

    private func rewrap() throws -> RunningProgram {
        try Program(
            name: "hogsend", arguments: ["credentials", "rewrap", "--json"],
            environment: [
                "DATABASE_URL": address, "BETTER_AUTH_SECRET": new,
                "BETTER_AUTH_SECRET_PREVIOUS": old,
            ]
        ).start()
    }

    /// Some hundred reads a second; answers how many, and which found nothing to read.
    private func read(_ isOver: CancellationFlag) async throws -> (reads: Int, failed: [Int]) {
        try await withStore(new, previous: [old]) { _, store in
            var (reads, failed) = (0, [Int]())
            while !isOver.isSet {
                let number = Int.random(in: 0..<Self.count)
                let kind = number % 10 == 9 ? CredentialKind.derived : .oauth
                let contents = try await store.load(Self.id(number), kind)?.contents
                let isRight =
                    Self.id(number) == Self.busy
                    ? contents != nil : contents == .integer(Int64(number))
                if !isRight { failed.append(number) }
                reads += 1
                try await Task.sleep(for: .milliseconds(2))
            }
            return (reads, failed)
        }
    }

    /// Swaps one row as a refresh does; answers what it wrote last.
    private func refresh(_ isOver: CancellationFlag) async throws -> Int64 {
        try await withStore(new, previous: [old]) { _, store in
            var written: Int64 = 1_000_000
            while !isOver.isSet {
                if let stored = try await store.load(Self.busy, .oauth),
                    try await store.swap(stored, for: .integer(written + 1))
                {
                    written += 1
                }
                try await Task.sleep(for: .milliseconds(1))
            }
            return written
        }
    }

    private func census() async throws -> [KeyCensus.Entry] {
        try await withStore(new, previous: [old]) { _, store in
            try await store.census().entries
        }
    }

    /// Kills it once some rows are done; answers how many are then.
    private func killInTheMiddle() async throws -> Int {
        let running = try rewrap()
        let key = try CredentialSealer(secret: Secret(new)).currentKeyID
        try await withStore(new) { database, _ in
            var done: Int64 = 0
            while done < 50, running.isRunning {
                try await Task.sleep(for: .milliseconds(2))
                done =
                    try await database.query(
                        "SELECT count(*) AS n FROM provider_credentials WHERE payload LIKE $1",
                        .text("hs1.\(key).%")
                    ).first?.integer("n") ?? 0
            }
        }
        running.signal(SIGKILL)
        #expect(await running.end(within: .seconds(5)).status == 128 + SIGKILL)
        return try await census().first?.rows ?? 0
    }

    func run() async throws {
        try await fill()
        let isOver = CancellationFlag()
        async let reading = read(isOver)
        async let refreshing = refresh(isOver)

        let half = try await killInTheMiddle()
        #expect((1..<Self.count).contains(half), "it was killed in the middle, at \(half)")
        let ended = try await rewrap().end(within: .seconds(60))
        #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
        isOver.set()
        let (reads, failed) = try await reading
        let newest = try await refreshing

        #expect(failed == [] && reads > 50)
        let entries = try await census()
        #expect(entries.map(\.rows) == [Self.count, 0], "none is under the old key")
        #expect(entries.allSatisfy { $0.closed == 0 })
        let row = try await withStore(new) { _, store in
            try await store.load(Self.busy, .oauth)
        }
        #expect(newest > 1_000_001 && row?.contents == .integer(newest))
        print("killed at \(half); \(reads) reads; \(newest - 1_000_000) refreshes")
    }
}

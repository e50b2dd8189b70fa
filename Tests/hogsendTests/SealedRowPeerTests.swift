import Engine
import Foundation
import Testing

extension BinaryTests {
    /// Python's `cryptography`; `Scripts/test` sets it up.
    @Suite("rows that others sealed") struct SealedRowPeerTests {
        private static let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path
        private static let python = "\(root)/.build-peers/django-oauth-toolkit/bin/python"

        struct Row {
            var format: SealedFormat
            var secret = "an-auth-secret-0123456789-\u{E9}\u{1F994}"
            var provider: ProviderID = "posthog"
            var kind = CredentialKind.oauth
            var text: String

            fileprivate func json(_ member: String, _ text: String) -> JSONValue {
                [
                    "format": .string(format.rawValue), "secret": .string(secret),
                    "provider": .string(provider.rawValue), "kind": .string(kind.rawValue),
                    member: .string(text),
                ]
            }

            fileprivate func sealer() throws -> CredentialSealer {
                try CredentialSealer(secret: Secret("another"), previous: [Secret(secret)])
            }
        }

        private static let texts = [
            "", "x", #"{"accessToken":"a","expiresAt":1893553445678}"#,
            String(repeating: "\u{E9}\u{1F994}", count: 5_000),
        ]

        static let rows = [SealedFormat.envelope, .legacy].flatMap { format in
            texts.map { Row(format: format, text: $0) } + [
                Row(format: format, secret: "s", provider: "acme", kind: .derived, text: "{}")
            ]
        }

        private func run(_ words: [String], _ rows: [JSONValue]) async throws -> String {
            let input = String(decoding: JSONValue.array(rows).encoded(), as: UTF8.self)
            let ended = try await Program(
                name: Self.python,
                arguments: ["\(Self.root)/Tests/Peers/credentials/rows.py"] + words, input: input
            ).run()
            try #require(ended.status == 0, "\(ended.errors)")
            return ended.output
        }

        private func ask(_ word: String, rows: [JSONValue]) async throws -> [JSONValue] {
            JSONValue(decoding: Data(try await run([word], rows).utf8))?.array ?? []
        }

        @Test func `what Python seals opens here`() async throws {
            let payloads = try await ask(
                "seal", rows: Self.rows.map { $0.json("plaintext", $0.text) })
            #expect(payloads.count == Self.rows.count)
            for (row, payload) in zip(Self.rows, payloads) {
                let opened = try row.sealer().open(
                    payload.string ?? "", provider: row.provider, kind: row.kind)
                #expect(opened.plaintext == Data(row.text.utf8) && opened.format == row.format)
                #expect(
                    try opened.keyID == CredentialSealer(secret: Secret(row.secret)).currentKeyID)
            }
        }

        @Test func `what is sealed here opens in Python`() async throws {
            let sealed = try Self.rows.map { row in
                try CredentialSealer(secret: Secret(row.secret)).seal(
                    Data(row.text.utf8), provider: row.provider, kind: row.kind, as: row.format)
            }
            let opened = try await ask(
                "open", rows: zip(Self.rows, sealed).map { $0.json("payload", $1) })
            #expect(opened == Self.rows.map { .string($0.text) })
        }

        /// Each date of the earlier implementation, and members that nobody here knows.
        private static let earlier = [
            #""2030-01-02T03:04:05.678Z""#, "1893553445", "1893553445678",
        ].enumerated().map { number, date in
            Row(
                format: .legacy, secret: "old", provider: ProviderID(rawValue: "p\(number)"),
                text: #"{"accessToken":"a","expiresAt":\#(date),"x":{"deep":[1.5,null]}}"#)
        }

        /// Makes the table with programs that know nothing of hogsend.
        private func makeTable(_ kind: StageDatabase, _ address: String) async throws {
            let rows = Self.earlier.map { $0.json("plaintext", $0.text) }
            guard kind == .postgres else {
                _ = try await run(["table", String(address.dropFirst("sqlite:".count))], rows)
                return
            }
            let made = try await Program(
                name: "/usr/bin/psql", arguments: ["-q", "-v", "ON_ERROR_STOP=1", address],
                input: try await run(["sql"], rows)
            ).run()
            try #require(made.status == 0, "\(made.errors)")
        }

        @Test(arguments: StageDatabase.allCases)
        func `a table of the earlier implementation is used as it is until it is rewrapped`(
            kind: StageDatabase
        ) async throws {
            try await kind.make { address in
                try await makeTable(kind, address)
                let database = try await DatabaseURL(address).open()
                let shape = try await kind.shape(of: database)
                #expect(shape.count > 1)
                try await Migrator(database, Instance.migrations).migrate()
                let store = CredentialStore(
                    database,
                    sealer: try CredentialSealer(secret: Secret("new"), previous: [Secret("old")]))
                try await swapEach(store)
                try await expectSwapped(database)
                #expect(try await kind.shape(of: database) == shape, "it is as it was made")
                #expect(try await CredentialRewrap(store).run().rewrapped == Self.earlier.count)
                let rows = try await store.all(.oauth)
                #expect(rows.allSatisfy { $0.format == .envelope && $0.failure == nil })
                #expect(rows.allSatisfy { $0.createdAt == "2025-01-02T03:04:05.678Z" })
                #expect(rows.last?.contents?["expiresAt"] == 1_893_553_445_678)
                await database.close()
            }
        }

        /// Gives each row another access token, as a refresh does.
        private func swapEach(_ store: CredentialStore) async throws {
            for row in Self.earlier {
                let stored = try #require(try await store.load(row.provider, .oauth))
                #expect(stored.contents == JSONValue(decoding: Data(row.text.utf8)))
                var members = try #require(stored.contents?.object)
                members["accessToken"] = "b"
                #expect(try await store.swap(stored, for: .object(members)))
            }
        }

        /// Python opens every row in the earlier format, and finds all else as it was.
        private func expectSwapped(_ database: any Database) async throws {
            let payloads = try await database.query(
                "SELECT payload FROM provider_credentials ORDER BY provider_id")
            let written = zip(Self.earlier, payloads).map { row, payload in
                var row = row
                row.secret = "new"
                return row.json("payload", payload.text("payload") ?? "")
            }
            let seen = try await ask("open", rows: written)
            #expect(seen.count == Self.earlier.count)
            for (row, text) in zip(Self.earlier, seen) {
                let wanted = row.text.replacing(#""accessToken":"a""#, with: #""accessToken":"b""#)
                #expect(
                    JSONValue(decoding: Data((text.string ?? "").utf8))
                        == JSONValue(decoding: Data(wanted.utf8)))
            }
        }
    }
}

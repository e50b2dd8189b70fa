import Engine
import TestDatabases
import Testing

@Suite("PostgreSQL encryption")
struct PostgresEncryptionTests {
    /// What libpq says to a server that takes encrypted connections only; nil when it is content.
    private func refusal(_ cluster: PostgresCluster, _ parameters: String) async throws -> String? {
        let database = PostgresDatabase(try PostgresAddress(cluster.address() + parameters))
        var refusal: String?
        do throws(DatabaseError) {
            let rows = try await database.query(
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            #expect(rows.first?.integer("ssl") == 1)
        } catch {
            #expect(error.code == "database_unavailable")
            refusal = error.description
        }
        await database.close()
        #expect(refusal?.contains(PostgresCluster.password) != true)
        return refusal
    }

    @Test func `sslmode means what it means to libpq`() async throws {
        let cluster = try await PostgresCluster(isEncrypted: true)
        let certificate = try #require(cluster.certificate)
        for parameters in [
            "", "?sslmode=prefer", "?sslmode=require",
            "?sslmode=verify-full&sslrootcert=\(certificate)",
        ] {
            #expect(try await refusal(cluster, parameters) == nil)
        }
        for (parameters, reason) in [
            ("?sslmode=disable", "no encryption"),
            ("?sslmode=verify-full&sslrootcert=/nowhere", "/nowhere"),
            ("?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt", "certificate"),
            ("?sslmode=sometimes", "sslmode"),
        ] {
            #expect(try await refusal(cluster, parameters)?.contains(reason) == true)
        }
        await cluster.end()
    }

    @Test func `many encrypted callers at once are served`() async throws {
        let cluster = try await PostgresCluster(isEncrypted: true)
        let database = PostgresDatabase(try PostgresAddress(cluster.address() + "?sslmode=require"))
        let ear = await Ear(database)
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 1...50 {
                group.addTask {
                    try await database.query(
                        "SELECT repeat('x', $1) AS text", .integer(Int64(number) * 9999)
                    )
                    .first?.text("text")?.utf8.count
                }
            }
            var total = 0
            for try await count in group { total += count ?? 0 }
            #expect(total == 9999 * 1275)
        }
        try await ear.settle()
        let heard = ear.count
        try await database.publish(SQLStatement("SELECT 1"))
        #expect(try await ear.hearsMore(than: heard, within: .seconds(1)))
        await database.close()
        await cluster.end()
    }
}

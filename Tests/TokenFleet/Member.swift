import Engine
import ProviderKit

/// A token manager on a shared database, and those who ask it.
struct Member {
    private let orders: Orders
    private let database: any Database
    private let manager: TokenManager

    init(_ orders: Orders) async throws {
        self.orders = orders
        let secret = ProcessInfo.processInfo.environment["BETTER_AUTH_SECRET"] ?? ""
        var policy = RefreshPolicy()
        policy.lease = orders.lease
        var database = try await DatabaseURL(orders.database).open()
        var client: any HTTPClient = CurlClient()
        if let stop = orders.stop {
            database = StoppingDatabase(database: database, stop: stop)
            client = StoppingClient(client: client, stop: stop)
        }
        self.database = database
        manager = TokenManager(
            TokenParts(
                database: database, sealer: try CredentialSealer(secret: Secret(secret)),
                client: client, policy: policy),
            registry: try ProviderRegistry([Acme()]))
    }

    /// How many callers got what.
    func ask() async -> JSONValue {
        let answers = await withTaskGroup(of: String.self) { group in
            for number in 0..<orders.callers {
                group.addTask { await answer(isRead: number.isMultiple(of: 2)) }
            }
            return await group.reduce(into: [:]) { counts, answer in
                counts[answer, default: 0] += 1
            }
        }
        return .object(answers.mapValues { .integer(Int64($0)) })
    }

    /// Half of the callers read, which never fails; the others are told why not.
    private func answer(isRead: Bool) async -> String {
        do throws(TokenError) {
            let token =
                isRead
                ? await manager.token(ifAny: "acme")
                : try await manager.grant(for: "acme").accessToken
            return token.map(Self.digest) ?? "none"
        } catch {
            return error.code
        }
    }

    static func digest(_ token: Secret) -> String {
        let hash = try? SHA256.hash(token.reveal().utf8)
        return Base64URL.encode(hash?.prefix(9) ?? [])
    }

    func leave() async {
        await manager.finish()
        await database.close()
    }
}

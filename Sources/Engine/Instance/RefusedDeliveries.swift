/// How many deliveries this process has refused for their secret; nothing else of them is kept.
final class RefusedDeliveries: Sendable {
    private let counts = Locked<[ProviderID: Int]>([:])

    func count(of provider: ProviderID) -> Int { counts.withLock { $0[provider] ?? 0 } }

    /// Lets `body` judge, and counts a refusal.
    func counting<Value>(
        _ provider: ProviderID, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as APIError where error == .unauthorized {
            counts.withLock { $0[provider, default: 0] += 1 }
            throw error
        }
    }
}

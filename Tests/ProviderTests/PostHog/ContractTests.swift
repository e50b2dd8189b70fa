import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("PostHog's contract")
struct ContractTests {
    @Test func `it is kept, with a simulated service`() async throws {
        try await ProviderContract(PostHog()) { try await PostHogService(delivering: $0) }.check()
    }
}

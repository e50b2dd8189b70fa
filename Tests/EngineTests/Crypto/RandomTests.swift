import Engine
import Testing

@Suite("Random")
struct RandomTests {
    static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    @Test func `ten thousand tokens are distinct and fit a code verifier`() {
        let tokens = Set((0..<10_000).map { _ in Random.token() })
        #expect(tokens.count == 10_000)
        #expect(tokens.allSatisfy { $0.count == 43 && $0.allSatisfy(Self.unreserved.contains) })
    }

    @Test func `each of a token's thirty-two bytes is drawn`() throws {
        let tokens = try (0..<2_000).map { _ in try #require(Base64URL.decode(Random.token())) }
        for place in 0..<32 { #expect(Set(tokens.map { $0[place] }).count > 200, "\(place)") }
    }

    @Test(arguments: [0, 1, 12, 32, 1000])
    func `it gives as many bytes as asked`(count: Int) {
        #expect(Random.bytes(count).count == count)
    }

    @Test func `every byte value comes`() {
        #expect(Set(Random.bytes(20_000)).count == 256)
    }
}

import Engine
import ProviderKit
import Testing

@Suite("Delivery forge")
struct DeliveryForgeTests {
    @Test(arguments: ContractTests.proofs.indices)
    func `what it proves holds for its secret, at its time, and for no other`(
        index: Int
    ) throws {
        let verification = ContractTests.proofs[index]
        let (forge, other) = (try DeliveryForge(verification), try DeliveryForge(verification))
        let (body, now) = (Data("{}".utf8), Date())
        let proof = WebhookProof(try forge.headers(for: body, at: now), body, at: now)
        #expect(proof.holds(for: verification, [forge.secret]))
        #expect(!proof.holds(for: verification, [other.secret]))
        #expect(!proof.holds(for: verification, []))
    }

    @Test func `a signature of Ed25519 is that of RFC 8032`() throws {
        // The first two examples of §7.1.
        let pair = try Ed25519.KeyPair(
            seed: try #require(
                Hex.decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")))
        #expect(
            Hex.encode(pair.publicKey)
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        #expect(
            Hex.encode(try pair.signature(of: [])).hasPrefix("e5564300c360ac729086e2cc806e828a"))
        #expect(throws: OpenSSLError.self) { try Ed25519.KeyPair(seed: [1, 2, 3]) }
    }
}

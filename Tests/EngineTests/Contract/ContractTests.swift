import Engine
import ProviderKit
import Testing

@Suite("Provider contract")
struct ContractTests {
    @Test func `Acme keeps it, with its service`() async throws {
        try await ProviderContract(Acme()) { AcmeSimulator(delivering: $0) }.check()
    }

    static let proofs: [WebhookVerification] = [
        .hmacSHA256(header: "X-Code", prefix: "sha256="),
        .hmacSHA256(header: "X-Code", encoding: .base64),
        .timestampedHMACSHA256(header: "X-Signature"), .standardWebhooks(),
        .ed25519(signature: "X-Signature", timestamp: "X-Timestamp"),
    ]

    @Test(arguments: proofs.indices)
    func `every scheme of verification keeps it, as the only one and as a second`(
        index: Int
    ) async throws {
        var provider = AnyPort(Acme())
        provider.webhook = Self.source(Self.proofs[index], nil)
        let alone = await ProviderContract(provider).run("webhook")
        #expect(alone.isKept, "\(ContractTests.text(alone))")
        #expect(alone.count(.passed) > 20)
        provider.webhook = Self.source(.sharedSecret(header: "X-Secret"), Self.proofs[index])
        let second = await ProviderContract(provider).run("webhook.signature")
        #expect(second.isKept, "\(ContractTests.text(second))")
        #expect(second.count(.passed) >= 14)
    }

    static func source(
        _ verification: WebhookVerification, _ signature: WebhookVerification?
    ) -> WebhookSource {
        WebhookSource(
            verification: verification, signature: signature, id: ["id"], event: ["type"],
            userID: nil, occurredAt: ["at"], timeNotation: .unixSeconds, properties: ["data"],
            personProperties: ["traits"],
            replies: [WebhookReply(when: ["type"], is: 1, answer: ["type": 1])])
    }

    static func text(_ report: ContractReport) -> String {
        report.broken.map { "\($0.id): \($0.reason ?? "")" }.joined(separator: "\n")
    }

    @Test func `without a service the checks that need one do not apply`() async {
        let report = await ProviderContract(Acme()).run("provision")
        #expect(report.isKept && report.count(.passed) == 0)
        #expect(report.results.allSatisfy { $0.outcome == .notApplicable })
        #expect(report.results.allSatisfy { $0.reason == "nothing plays its service" })
    }

    @Test func `there are more than a hundred checks, each under an id of its own`() {
        let checks = ProviderContract.checks
        #expect(checks.count > 100)
        #expect(Set(checks.map(\.id)).count == checks.count)
        for check in checks {
            #expect(check.id.contains("."))
            #expect(check.id.utf8.allSatisfy { $0.isPartOfID }, "\(check.id)")
            #expect(!check.claim.isEmpty && !check.claim.hasSuffix("."))
        }
    }
}

extension UInt8 {
    fileprivate var isPartOfID: Bool {
        (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) || "._-".utf8.contains(self)
    }
}

import AcmeProviders
import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Prints the ids of the checks that fail, as one JSON document, for whoever seeds defects.
///
/// The argument is how the ids begin that are run; all without one.

/// Acme with another proof of its deliveries, and a ping.
func acme(provenBy verification: WebhookVerification) -> AnyPort {
    var provider = AnyPort(Acme())
    provider.webhook = WebhookSource(
        verification: verification, id: ["id"], event: ["type"], userID: ["user", "id"],
        occurredAt: ["at"], properties: ["data"], personProperties: ["user", "traits"],
        replies: [WebhookReply(when: ["ping"], is: true, answer: ["pong": true])])
    return provider
}

let proofs: [WebhookVerification] = [
    .hmacSHA256(header: "X-Acme-Code", prefix: "sha256="),
    .hmacSHA256(header: "X-Acme-Code", encoding: .base64),
    .timestampedHMACSHA256(header: "X-Acme-Signature"), .standardWebhooks(),
    .ed25519(signature: "X-Acme-Signature", timestamp: "X-Acme-Timestamp"),
]

let prefix = CommandLine.arguments.dropFirst().first ?? ""
var reports = [
    await ProviderContract(Acme()) { AcmeSimulator(delivering: $0) }.run(prefix),
    await ProviderContract(PostHog()) { try await PostHogService(delivering: $0) }.run(prefix),
    await ProviderContract(KeyedAcme()) { KeyedAcmeSimulator(delivering: $0) }.run(prefix),
    await ProviderContract(HookAcme(givesSecrets: true)) { _ in
        HookAcmeSimulator(givesSecrets: true)
    }.run(prefix),
    await ProviderContract(HookAcme(givesSecrets: false)) { _ in
        HookAcmeSimulator(givesSecrets: false)
    }.run(prefix),
    // It has no undoing of its own.
    await ProviderContract(DeviceAcme()) { AcmeSimulator(delivering: $0) }
        .run(prefix, expecting: ["undo.back", "undo.crash"]),
]
for proof in proofs where prefix.isEmpty || prefix.hasPrefix("webhook") {
    let start = prefix.isEmpty ? "webhook" : prefix
    reports.append(await ProviderContract(acme(provenBy: proof)).run(start))
}
var failed = Set(reports.flatMap(\.broken).map(\.id)).sorted()
var reasons = reports.flatMap(\.broken).map { "\($0.id): \($0.reason ?? "")" }
// No behaviour shows how long a comparison takes: this one reads the sources.
let exposed = try SecretComparisons().inTheOpen
if !exposed.isEmpty {
    failed.append("source.constant-time")
    reasons += exposed.map { "source.constant-time: \($0)" }
}
let document: JSONValue = [
    "failed": .array(failed.map { .string($0) }),
    "reasons": .array(reasons.map { .string($0) }),
    "passed": .integer(Int64(reports.map { $0.count(.passed) }.reduce(0, +))),
]
print(String(decoding: document.encoded(), as: UTF8.self))
exit(failed.isEmpty ? 0 : 1)

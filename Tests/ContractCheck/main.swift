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
]
for proof in proofs where prefix.isEmpty || prefix.hasPrefix("webhook") {
    let start = prefix.isEmpty ? "webhook" : prefix
    reports.append(await ProviderContract(acme(provenBy: proof)).run(start))
}
/// What no behaviour shows: how long a comparison takes.
func comparesInConstantTime(here: String = #filePath) -> Bool {
    let end = here.firstRange(of: "/Tests/")?.lowerBound ?? here.endIndex
    let path = here[..<end] + "/Sources/Engine/Crypto/Secret.swift"
    let text = (try? String(contentsOfFile: String(path), encoding: .utf8)) ?? ""
    return text.contains("ConstantTime.equal(left.text, right.text)")
}

var failed = Set(reports.flatMap(\.broken).map(\.id)).sorted()
if !comparesInConstantTime() { failed.append("source.constant-time") }
let reasons = reports.flatMap(\.broken).map { "\($0.id): \($0.reason ?? "")" }
let document: JSONValue = [
    "failed": .array(failed.map { .string($0) }),
    "reasons": .array(reasons.map { .string($0) }),
    "passed": .integer(Int64(reports.map { $0.count(.passed) }.reduce(0, +))),
]
print(String(decoding: document.encoded(), as: UTF8.self))
exit(failed.isEmpty ? 0 : 1)

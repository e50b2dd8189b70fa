import Engine
import Testing

/// A delivery that proves itself by one scheme, as it was published or made by another program.
struct WebhookSample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let verification: WebhookVerification
    let secret: String
    /// A well-formed secret that is not the right one.
    let otherSecret: String
    let headers: [String: String]
    let body: String
    /// Nil for a scheme that signs no time.
    let seconds: Double?

    func holds(
        secrets: [String]? = nil, headers: HTTPHeaders? = nil, body: String? = nil,
        later: Double = 0
    ) -> Bool {
        WebhookProof(
            headers ?? self.fields, Data((body ?? self.body).utf8),
            at: Date(timeIntervalSince1970: (seconds ?? 1_800_000_000) + later)
        ).holds(for: verification, (secrets ?? [secret]).map { Secret($0) })
    }

    var fields: HTTPHeaders {
        var fields: HTTPHeaders = [:]
        for (name, value) in headers { fields.append(name, value) }
        return fields
    }

    func fields(setting name: String, _ value: String?) -> HTTPHeaders {
        var fields = fields
        fields[name] = value
        return fields
    }

    static let all = [shared, github, base64, stripe, standard, discord]
    static let timed = all.filter { $0.seconds != nil }
    static let signed = all.filter { $0.testDescription != shared.testDescription }

    static let shared = WebhookSample(
        testDescription: "a shared secret", verification: .sharedSecret(header: "X-Acme-Secret"),
        secret: "s3cret", otherSecret: "s3creT", headers: ["x-acme-secret": "s3cret"],
        body: "{}", seconds: nil)

    /// From GitHub's page on validating webhook deliveries.
    static let github = WebhookSample(
        testDescription: "a code in hex",
        verification: .hmacSHA256(header: "X-Hub-Signature-256", prefix: "sha256="),
        secret: "It's a Secret to Everybody", otherSecret: "It's a secret to everybody",
        headers: [
            "X-Hub-Signature-256":
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        ], body: "Hello, World!", seconds: nil)

    /// The same code as Shopify writes it.
    static let base64 = WebhookSample(
        testDescription: "a code in base64",
        verification: .hmacSHA256(header: "X-Hmac-Sha256", encoding: .base64),
        secret: "It's a Secret to Everybody", otherSecret: "another",
        headers: ["X-Hmac-Sha256": "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc="],
        body: "Hello, World!", seconds: nil)

    /// In the form of Stripe's page on signatures, the code made with Python.
    static let stripe = WebhookSample(
        testDescription: "a timed code",
        verification: .timestampedHMACSHA256(header: "Stripe-Signature"),
        secret: "whsec_test_secret", otherSecret: "test_secret",
        headers: [
            "Stripe-Signature":
                "t=1492774577,v1=\(stripeCode),v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aa816edb039989a39c"
        ], body: #"{"id":"evt_1","object":"event"}"#, seconds: 1_492_774_577)
    static let stripeCode = "654b43d3508ecadb3f8cefc4bc7d3d2bdc5ba9e03bf2c89b2d0657a8e24e4543"

    /// From the tests of the reference libraries.
    static let standard = WebhookSample(
        testDescription: "Standard Webhooks", verification: .standardWebhooks(),
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        otherSecret: "whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        headers: [
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,\(standardCode)",
        ], body: #"{"test": 2432232314}"#, seconds: 1_614_265_330)
    static let standardCode = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    /// In Discord's form, with the second key of RFC 8032 §7.1, made with the openssl program.
    static let discord = WebhookSample(
        testDescription: "Ed25519",
        verification: .ed25519(
            signature: "X-Signature-Ed25519", timestamp: "X-Signature-Timestamp"),
        secret: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        otherSecret: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        headers: [
            "X-Signature-Timestamp": "1492774577",
            "X-Signature-Ed25519": """
            679892c64cd496a22a27dc3922b443f0f7dfa116119a6b1c224641b38fbc7bca\
            941eb060b492d52e7a6ec298eab76b9df55d9028a4ca147ba3c4ad6a96801903
            """,
        ], body: #"{"type":1}"#, seconds: 1_492_774_577)
}

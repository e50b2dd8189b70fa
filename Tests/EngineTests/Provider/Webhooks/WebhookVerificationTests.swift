import Engine
import Testing

@Suite("Webhook verification")
struct WebhookVerificationTests {
    typealias Sample = WebhookSample

    @Test(arguments: Sample.all)
    func `the right secret proves a delivery`(sample: Sample) {
        #expect(sample.holds())
    }

    @Test(arguments: Sample.all)
    func `of two secrets either proves it, in any order`(sample: Sample) {
        #expect(sample.holds(secrets: [sample.otherSecret, sample.secret]))
        #expect(sample.holds(secrets: [sample.secret, sample.otherSecret]))
    }

    @Test(arguments: Sample.all)
    func `another secret, none and an empty one prove nothing`(sample: Sample) {
        for secrets in [[sample.otherSecret], [], [""], ["", sample.otherSecret], ["\u{0}"]] {
            #expect(!sample.holds(secrets: secrets))
        }
    }

    @Test(arguments: Sample.all)
    func `without one of its headers there is no proof`(sample: Sample) {
        #expect(!sample.holds(headers: [:]))
        for name in sample.headers.keys {
            #expect(!sample.holds(headers: sample.fields(setting: name, nil)), "\(name)")
            #expect(!sample.holds(headers: sample.fields(setting: name, "")), "\(name)")
        }
    }

    @Test(arguments: Sample.all)
    func `a header that is there twice proves nothing`(sample: Sample) {
        for (name, value) in sample.headers {
            for second in [value, "", "x"] {
                var fields = sample.fields
                fields.append(name.uppercased(), second)
                #expect(!sample.holds(headers: fields), "\(name)")
            }
        }
    }

    @Test(arguments: Sample.signed)
    func `another body is not proven`(sample: Sample) {
        for body in ["", sample.body + " ", sample.body + "\n", String(sample.body.dropLast())] {
            #expect(!sample.holds(body: body))
        }
    }

    @Test(arguments: Sample.timed)
    func `an old delivery and one of the future are refused`(sample: Sample) {
        for later in [-300.0, -1, 0, 299, 300] { #expect(sample.holds(later: later), "\(later)") }
        for later in [-86_400.0, -300.001, 300.001, 86_400, 1e12, -1e12] {
            #expect(!sample.holds(later: later), "\(later)")
        }
    }

    @Test(arguments: Sample.timed)
    func `another time than the signed one is refused`(sample: Sample) throws {
        let seconds = try #require(sample.seconds.map { String(Int64($0)) })
        for time in [
            "0\(seconds)", "+\(seconds)", " \(seconds)", "\(seconds).0", "-1", "", "1e9",
            "９", String(Int64(sample.seconds ?? 0) + 1), String(repeating: "9", count: 400),
        ] {
            for (name, value) in sample.headers where value.contains(seconds) {
                let other = value.replacing(seconds, with: time)
                #expect(!sample.holds(headers: sample.fields(setting: name, other)), "\(time)")
            }
        }
    }

    @Test func `the tolerance is the provider's`() {
        let strict = WebhookVerification.standardWebhooks(tolerance: .seconds(5))
        let sample = Sample.standard
        for (later, holds) in [(5.0, true), (6, false), (-6, false)] {
            let proof = WebhookProof(
                sample.fields, Data(sample.body.utf8),
                at: Date(timeIntervalSince1970: 1_614_265_330 + later))
            #expect(proof.holds(for: strict, [Secret(sample.secret)]) == holds)
        }
    }

    static let malformed: [(WebhookSample, String, String)] = [
        (.shared, "X-Acme-Secret", "Bearer s3cret"), (.shared, "X-Acme-Secret", " s3cret"),
        (.github, "X-Hub-Signature-256", "sha256="), (.github, "X-Hub-Signature-256", "sha256=zz"),
        (.github, "X-Hub-Signature-256", "sha256=757107ea"),
        (
            .github, "X-Hub-Signature-256",
            "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        ),
        (
            .github, "X-Hub-Signature-256",
            "sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        ),
        (.base64, "X-Hmac-Sha256", "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc"),
        (.base64, "X-Hmac-Sha256", "dXEH6g6yUJ_CESIczphLijdXC211hsIsRvQ3nIsEPhc="),
        (.base64, "X-Hmac-Sha256", "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhd="),
        (.stripe, "Stripe-Signature", "t=1492774577"),
        (.stripe, "Stripe-Signature", "v1=\(WebhookSample.stripeCode)"),
        (.stripe, "Stripe-Signature", "t=1492774577,v0=\(WebhookSample.stripeCode)"),
        (.stripe, "Stripe-Signature", "t=1492774577,v1=\(WebhookSample.stripeCode),"),
        (.stripe, "Stripe-Signature", "t=1,t=1492774577,v1=\(WebhookSample.stripeCode)"),
        (.stripe, "Stripe-Signature", "t=1492774577,t=1492774577,v1=\(WebhookSample.stripeCode)"),
        (.stripe, "Stripe-Signature", "t=1492774577;v1=\(WebhookSample.stripeCode)"),
        (.standard, "webhook-signature", WebhookSample.standardCode),
        (.standard, "webhook-signature", "v1\(WebhookSample.standardCode)"),
        (.standard, "webhook-signature", "v1a,\(WebhookSample.standardCode)"),
        (.standard, "webhook-signature", "v2,\(WebhookSample.standardCode)"),
        (.standard, "webhook-signature", "v1,,\(WebhookSample.standardCode)"),
        (.standard, "webhook-signature", "v1,\(WebhookSample.standardCode.dropLast())"),
        (.standard, "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJe"),
        (.discord, "X-Signature-Ed25519", "679892c6"),
        (.discord, "X-Signature-Ed25519", String(repeating: "0", count: 128)),
        (.discord, "X-Signature-Ed25519", String(repeating: "g", count: 128)),
    ]

    @Test(arguments: malformed)
    func `what is malformed proves nothing`(sample: Sample, header: String, value: String) {
        #expect(!sample.holds(headers: sample.fields(setting: header, value)))
    }

    @Test func `one right code of several suffices`() {
        let (wrong, right) = (String(repeating: "0", count: 64), Sample.stripeCode)
        let timed = "t=1492774577,v1=\(wrong),v1=\(right)"
        #expect(
            Sample.stripe.holds(headers: Sample.stripe.fields(setting: "Stripe-Signature", timed)))
        let zeros = String(repeating: "A", count: 43) + "="
        for text in ["v1,\(zeros) v1,\(Sample.standardCode)", "v1a,xx v1,\(Sample.standardCode) x"]
        {
            #expect(
                Sample.standard.holds(
                    headers: Sample.standard.fields(setting: "webhook-signature", text)))
        }
    }

    @Test(arguments: ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func `a standard secret stands bare or behind its prefix`(secret: String) {
        #expect(Sample.standard.holds(secrets: [secret]))
    }

    @Test(arguments: [
        "whsec_", "whsec_!!!!", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ])
    func `a standard secret that is no base64 proves nothing`(secret: String) {
        #expect(!Sample.standard.holds(secrets: [secret]))
    }

    @Test(arguments: [
        "", "3d4017", "zz4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c00",
    ])
    func `what is no public key proves nothing`(key: String) {
        #expect(!Sample.discord.holds(secrets: [key]))
    }

    @Test func `a minted secret has the form that its scheme wants`() {
        for sample in [Sample.shared, .github, .stripe, .standard] {
            let secret = sample.verification.mintSecret()
            #expect(!(secret == sample.verification.mintSecret()))
            #expect(sample.holds(secrets: [secret.reveal(), sample.secret]))
        }
        let secret = WebhookVerification.standardWebhooks().mintSecret().reveal()
        #expect(secret.hasPrefix("whsec_") && Base64.decode(secret.dropFirst(6))?.count == 32)
    }

    @Test func `a public key is never minted`() {
        #expect(!Self.source(.discord).mintsSecret)
        #expect(Self.source(.standard).mintsSecret)
    }

    private static func source(_ sample: Sample) -> WebhookSource {
        WebhookSource(
            verification: sample.verification, id: nil, event: ["e"], userID: nil,
            occurredAt: ["t"], properties: ["p"], personProperties: ["q"])
    }
}

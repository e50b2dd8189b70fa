import Engine

/// How deliveries are told from forgeries, for each proof that a provider declares.
enum WebhookChecks {
    /// Which of a source's proofs is looked at.
    enum Proof: String, CaseIterable {
        case verification = "webhook"
        case signature = "webhook.signature"

        func verification(_ source: WebhookSource) -> WebhookVerification? {
            self == .verification ? source.verification : source.signature
        }
    }

    static let all: [ContractCheck] =
        Proof.allCases.flatMap { proof in
            proofs(proof) + times(proof) + secrets(proof)
        } + DeliveryChecks.all

    static func check(
        _ proof: Proof, _ id: String, _ claim: String, knowing known: WebhookBench.Known = .current,
        _ body: @escaping @Sendable (WebhookBench) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("\(proof.rawValue).\(id)", claim) { subject in
            try await WebhookBench.open(subject, proof, knowing: known) { try await body($0) }
        }
    }

    private static func proofs(_ proof: Proof) -> [ContractCheck] {
        [
            check(proof, "right", "a delivery that proves itself is stored") { bench in
                try await bench.takes(try await bench.deliver(bench.sample.body))
            },
            check(proof, "stranger", "one that another secret proves is refused") { bench in
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, by: bench.stranger))
            },
            check(proof, "none", "one without a proof is refused") { bench in
                let answer = try await bench.deliver(bench.sample.body) { $0 = [:] }
                try await bench.refuses(answer)
            },
            check(proof, "empty", "one with an empty proof is refused") { bench in
                let answer = try await bench.deliver(bench.sample.body) { headers in
                    for name in bench.source.verification.headers { headers[name] = "" }
                }
                try await bench.refuses(answer)
            },
            check(proof, "near", "one whose proof is off by one character is refused") { bench in
                for change in [Self.flipped, Self.shorter, Self.longer] {
                    let name = bench.source.verification.proofHeader
                    let answer = try await bench.deliver(bench.sample.body) { headers in
                        headers[name] = headers[name].map(change)
                    }
                    try await bench.refuses(answer)
                }
            },
            check(proof, "header-twice", "one whose proof is there twice is refused") { bench in
                let name = bench.source.verification.proofHeader
                let answer = try await bench.deliver(bench.sample.body) { headers in
                    headers.append(name, headers[name] ?? "")
                }
                try await bench.refuses(answer)
            },
            check(proof, "other-body", "a proof of another body is refused") { bench in
                guard bench.source.verification.isSigned else { throw Self.unsigned }
                let other = DeliverySample(source: bench.source).body
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, signedFor: other))
            },
            check(proof, "truncated", "a body that lost its end is refused") { bench in
                guard bench.source.verification.isSigned else { throw Self.unsigned }
                let body = bench.sample.body
                try await bench.refuses(
                    try await bench.deliver(Data(body.dropLast()), signedFor: body))
                try await bench.refuses(
                    try await bench.deliver(body + Data(" ".utf8), signedFor: body))
            },
            check(proof, "before-parsing", "nothing is read before it is proven") { bench in
                for text in ["not json", "", "[]", "{}"] {
                    try await bench.refuses(
                        try await bench.deliver(Data(text.utf8), by: bench.stranger))
                }
            },
        ]
    }

    private static func times(_ proof: Proof) -> [ContractCheck] {
        func timed(
            _ id: String, _ claim: String,
            _ body: @escaping @Sendable (WebhookBench, _ tolerance: Double) async throws -> Void
        ) -> ContractCheck {
            check(proof, id, claim) { bench in
                let verification = bench.source.verification
                guard verification.isTimed else { throw NotApplicable("no time is signed") }
                try await body(bench, verification.tolerance / .seconds(1))
            }
        }
        return [
            timed("old", "one that was signed too long ago is refused") { bench, tolerance in
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, after: tolerance + 2))
            },
            timed("future", "one that is to be signed later is refused") { bench, tolerance in
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, after: -tolerance - 2))
            },
            timed("late", "one within the tolerance is stored") { bench, tolerance in
                try await bench.takes(
                    try await bench.deliver(bench.sample.body, after: tolerance - 2))
            },
            timed("redated", "one with another time than was signed is refused") { bench, _ in
                let verification = bench.source.verification
                let answer = try await bench.deliver(bench.sample.body, after: 100) { headers in
                    let name = verification.timeHeader
                    let now = bench.desk.clock.withLock { $0 }.timeIntervalSince1970
                    let (old, new) = ("\(Int64(now - 100))", "\(Int64(now))")
                    headers[name] = headers[name]?.replacing(old, with: new)
                }
                try await bench.refuses(answer)
            },
            timed("timeless", "one whose time is no number is refused") { bench, _ in
                let name = bench.source.verification.timeHeader
                let answer = try await bench.deliver(bench.sample.body) { headers in
                    let digits = headers[name]?.split { !$0.isNumber }.first { $0.count > 8 } ?? ""
                    headers[name] = headers[name]?.replacing(digits, with: "now")
                }
                try await bench.refuses(answer)
            },
        ]
    }

    private static func secrets(_ proof: Proof) -> [ContractCheck] {
        [
            check(proof, "closed", "without a secret every delivery is refused", knowing: []) {
                bench in
                for forge in [bench.forge, bench.former, bench.stranger] {
                    try await bench.refuses(
                        try await bench.deliver(bench.sample.body, by: forge))
                }
            },
            check(
                proof, "rotation.both", "two secrets prove while one replaces the other",
                knowing: [.current, .former]
            ) { bench in
                try await bench.takes(try await bench.deliver(bench.sample.body))
                let other = DeliverySample(source: bench.source).body
                let answer = try await bench.deliver(other, by: bench.former)
                try await bench.takes(answer, stored: 2)
            },
            check(
                proof, "rotation.stranger", "a third secret proves nothing meanwhile",
                knowing: [.current, .former]
            ) { bench in
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, by: bench.stranger))
            },
            check(proof, "rotation.over", "a secret that is gone proves nothing") { bench in
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, by: bench.former))
            },
            check(
                proof, "rotation.alone", "a former secret proves nothing by itself",
                knowing: .former
            ) { bench in
                try await bench.refuses(
                    try await bench.deliver(bench.sample.body, by: bench.former))
            },
        ]
    }

    static let unsigned = NotApplicable("its proof does not depend on the body")

    private static func flipped(_ text: String) -> String {
        let last = text.last ?? "0"
        return text.dropLast() + (last == "0" ? "1" : "0")
    }
    private static func shorter(_ text: String) -> String { String(text.dropLast()) }
    private static func longer(_ text: String) -> String { text + "0" }
}

extension WebhookVerification {
    /// The header in which the proof itself stands.
    var proofHeader: String { isSignedByService ? headers[0] : headers.last ?? "" }

    /// The header in which the signed time stands.
    var timeHeader: String { headers.count == 3 ? headers[1] : headers.last ?? "" }
}

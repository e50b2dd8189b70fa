import Engine

/// What becomes of deliveries that prove themselves.
enum DeliveryChecks {
    private static func check(
        _ id: String, _ claim: String,
        _ body: @escaping @Sendable (WebhookBench) async throws -> Void
    ) -> ContractCheck { WebhookChecks.check(.verification, id, claim, body) }

    static let all: [ContractCheck] = [
        check("twice", "a delivery that comes twice is stored once") { bench in
            for _ in 0..<2 { try await bench.takes(try await bench.deliver(bench.sample.body)) }
        },
        check("twice.redelivered", "a delivery that is signed again later is stored once") {
            bench in
            try await bench.takes(try await bench.deliver(bench.sample.body))
            bench.desk.pass(600)
            try await bench.takes(try await bench.deliver(bench.sample.body))
        },
        check("twice.at-once", "deliveries of one event at a time are stored once") { bench in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try? await bench.deliver(bench.sample.body) }
                }
            }
            try await bench.takes(try await bench.deliver(bench.sample.body))
        },
        check("replayed", "a delivery that is replayed after the tolerance is refused") { bench in
            guard bench.source.verification.isTimed else {
                throw NotApplicable("no time is signed; the event's id tells a repetition")
            }
            let body = bench.sample.body
            let headers = try bench.forge.headers(
                for: body, at: bench.desk.clock.withLock { $0 }, id: bench.sample.id)
            bench.desk.pass(bench.source.verification.tolerance / .seconds(1) + 2)
            let answer = try await bench.deliver(body) { $0 = headers }
            try await bench.refuses(answer)
        },
        check("malformed", "what is proven and no JSON is refused as such") { bench in
            for text in ["not json", "{", ""] {
                let answer = try await bench.deliver(Data(text.utf8))
                try await bench.refuses(answer, with: 400)
            }
        },
        check("malformed.shape", "what is proven and no event is refused as such") { bench in
            for text in ["{}", "[]", "7"] {
                let answer = try await bench.deliver(Data(text.utf8))
                try await bench.refuses(answer, with: 400)
            }
        },
        check("skipped", "what the source's rule leaves out is answered and not stored") { bench in
            let body = try bench.sample.skipped.map { $0 } ?? { throw noRule }()
            try await bench.takes(try await bench.deliver(body), stored: 0)
        },
        check("reply", "a proven delivery that wants an answer gets it") {
            bench in
            guard !bench.source.replies.isEmpty else { throw noReplies }
            var stored: Int64 = 0
            for (place, reply) in bench.source.replies.enumerated() {
                let delivery = DeliverySample(source: bench.source, id: "contract-reply-\(place)")
                let answer = try await bench.deliver(delivery.asking(reply))
                stored += reply.stores ? 1 : 0
                try await bench.takes(answer, stored: stored)
                try demand(
                    JSONValue(decoding: answer.body) == reply.answer, "the answer is another")
            }
        },
        check("reply.unproven", "one that proves nothing gets none") { bench in
            guard !bench.source.replies.isEmpty else { throw noReplies }
            for reply in bench.source.replies {
                let body = bench.sample.asking(reply)
                try await bench.refuses(try await bench.deliver(body, by: bench.stranger))
                try await bench.refuses(try await bench.deliver(body) { $0 = [:] })
            }
        },
        check("method", "only a POST delivers") { bench in
            let headers = try bench.forge.headers(
                for: bench.sample.body, at: bench.desk.clock.withLock { $0 })
            for method in ["GET", "PUT", "DELETE"] {
                let answer = await bench.desk.send(
                    ServerRequest(
                        method: method, target: APIPath.webhook(bench.desk.provider.id),
                        headers: headers, body: bench.sample.body))
                try await bench.refuses(answer, with: 405)
            }
        },
        check("other-provider", "a delivery for a provider that is not there is refused") { bench in
            let headers = try bench.forge.headers(
                for: bench.sample.body, at: bench.desk.clock.withLock { $0 })
            let answer = await bench.desk.send(
                ServerRequest(
                    method: "POST", target: "\(APIPath.webhooks)/nobody", headers: headers,
                    body: bench.sample.body))
            try await bench.refuses(answer, with: 404)
        },
        check("quiet", "no refusal and no log line shows the secret") { bench in
            _ = try await bench.deliver(bench.sample.body)
            _ = try await bench.deliver(bench.sample.body, by: bench.stranger)
            _ = try await bench.deliver(Data("not json".utf8))
            let said = bench.desk.said.withLock { $0 }
            try demand(!said.contains(bench.forge.secret.reveal()), "one does")
        },
    ]

    private static let noRule = NotApplicable("it leaves no delivery out")
    private static let noReplies = NotApplicable("no delivery wants an answer of its own")
}

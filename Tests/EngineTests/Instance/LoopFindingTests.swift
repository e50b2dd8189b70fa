import Testing

@testable import Engine

@Suite("What became of a test event")
struct LoopFindingTests {
    private typealias Answer = Result<TestDelivery, ProvisionError>

    private static func reply(
        _ answer: Answer?, arrival: Duration? = nil, refusals: Int = 0
    ) throws -> LoopReply {
        let address = try #require(URL(string: "https://hogsend.example/v1/webhooks/acme"))
        return LoopFinding(
            patience: .seconds(10), arrival: arrival, answer: answer, refusals: refusals
        ).reply(provider: "Acme", address: address)
    }

    @Test(
        arguments: [
            (.answered(status: 401), 1, .secret), (.answered(status: 401), 0, .answer),
            (.sent, 1, .secret), (.sent, 0, .elsewhere), (.answered(status: 200), 0, .elsewhere),
            (.answered(status: 204), 2, .elsewhere), (.answered(status: 301), 0, .redirected),
            (.answered(status: 308), 1, .redirected), (.answered(status: 404), 0, .answer),
            (.answered(status: 503), 1, .answer), (.leftOut, 0, .leftOut),
            (.forbidden("w"), 1, .address), (.unreachable("w"), 1, .unreachable),
            (.unreachable(nil), 0, .unreachable), (.timedOut("w"), 0, .slow),
            (.failed("w"), 0, .failed),
        ] as [(TestDelivery, Int, LoopLoss.Place)])
    func `tells where it was lost, and what to do`(
        delivery: TestDelivery, refusals: Int, place: LoopLoss.Place
    ) throws {
        guard case .lost(let loss) = try Self.reply(.success(delivery), refusals: refusals) else {
            Issue.record("not lost")
            return
        }
        #expect(loss.place == place)
        #expect(!loss.error.hasSuffix(".") && loss.error.count > 20)
        let verb = loss.hint?.prefix { $0 != " " }
        #expect(["set", "check", "look", "see", "let"].contains(verb))
    }

    @Test func `a service that refuses to try is told from one that does not come back`() throws {
        let error = ProvisionError.missingScope("hooks:write", provider: "acme")
        guard case .lost(let refused) = try Self.reply(.failure(error)),
            case .lost(let slow) = try Self.reply(nil)
        else {
            Issue.record("not lost")
            return
        }
        #expect(refused.place == .service && refused.error == error.description)
        #expect(refused.hint == error.hint)
        #expect(slow.place == .slow && slow.error == "Acme was still at it after 10 s")
    }

    @Test func `what arrived is proven, whatever the service says`() throws {
        let answers: [Answer?] = [
            nil, .success(.sent), .success(.answered(status: 200)),
            .failure(.unauthorized(provider: "acme")),
        ]
        for answer in answers {
            let reply = try Self.reply(answer, arrival: .milliseconds(412), refusals: 3)
            #expect(reply == .proven(milliseconds: 412, note: nil))
        }
    }

    @Test func `a service that missed the answer is quoted beside the proof`() throws {
        for delivery: TestDelivery in [.timedOut("late"), .answered(status: 502), .failed(nil)] {
            guard case .proven(_, let note) = try Self.reply(.success(delivery), arrival: .zero)
            else {
                Issue.record("not proven")
                return
            }
            #expect(note?.hasPrefix("it arrived, but Acme is not content: ") == true)
        }
    }

    @Test func `a reply is read as it was written, and a stranger's is cleaned`() throws {
        let lost = LoopLoss.Place.allCases.map { LoopReply.lost(LoopLoss($0, "e", hint: "h")) }
        let skipped = [LoopReply.Skip.noVerifyFlag, .notProvisioned, .notSupported].map {
            LoopReply.skipped($0)
        }
        let proven = [
            LoopReply.proven(milliseconds: 7, note: nil), .proven(milliseconds: 0, note: "n"),
        ]
        for reply in lost + skipped + proven { #expect(LoopReply(reply.json) == reply) }
        let hostile: JSONValue = [
            "attempted": true, "ok": false, "lost": "slow", "error": "a\u{1B}[2Jb",
        ]
        #expect(LoopReply(hostile) == .lost(LoopLoss(.slow, "a [2Jb", hint: nil)))
    }

    @Test(
        arguments: [
            nil, [], [:], ["ok": true], ["attempted": true], ["attempted": true, "ok": true],
            ["attempted": true, "ok": false, "lost": "nowhere", "error": "e"],
            ["attempted": true, "ok": false, "lost": "slow"], ["attempted": "true", "ok": "true"],
        ] as [JSONValue])
    func `another document is no reply`(json: JSONValue) {
        #expect(LoopReply(json) == nil)
    }
}

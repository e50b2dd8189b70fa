/// The sentences about a test event.
struct LoopWords {
    let provider: String
    let address: String

    func loss(_ delivery: TestDelivery, after patience: Duration) -> LoopLoss {
        LoopLoss(place(delivery), sentence(delivery, after: patience), hint: hint(delivery))
    }

    var wrongSecret: LoopLoss {
        LoopLoss(
            .secret, "it reached this instance without the right webhook secret and was refused",
            hint: "let proxies pass all headers on, then provision again")
    }

    func noAnswer(after patience: Duration) -> LoopLoss {
        LoopLoss(
            .slow, "\(provider) was still at it after \(patience.components.seconds) s",
            hint: "see what slows \(provider) or '\(address)' down")
    }

    func complaint(_ delivery: TestDelivery) -> String {
        "it arrived, but \(provider) is not content: \(sentence(delivery, after: .zero))"
    }

    private func place(_ delivery: TestDelivery) -> LoopLoss.Place {
        switch delivery {
        case .answered(status: 300..<400): .redirected
        case .answered(status: 200..<300), .sent: .elsewhere
        case .answered: .answer
        case .leftOut: .leftOut
        case .forbidden: .address
        case .unreachable: .unreachable
        case .timedOut: .slow
        case .failed: .failed
        }
    }

    private func sentence(_ delivery: TestDelivery, after patience: Duration) -> String {
        switch delivery {
        case .answered(let status) where (300..<400).contains(status):
            "'\(address)' answers with the redirect \(status), which \(provider) does not follow"
        case .answered(let status) where (200..<300).contains(status):
            "'\(address)' answered with status \(status), but it was not this instance"
        case .answered(let status): "'\(address)' answered \(provider) with status \(status)"
        case .sent:
            "\(provider) sent it, but it did not arrive within \(patience.components.seconds) s"
        case .leftOut: "a filter at \(provider) left it out"
        case .forbidden(let words):
            "\(provider) delivers nothing to '\(address)'\(Self.quoted(words))"
        case .unreachable(let words):
            "\(provider) could not reach '\(address)'\(Self.quoted(words))"
        case .timedOut(let words):
            "\(provider) got no answer from '\(address)' in time\(Self.quoted(words))"
        case .failed(let words):
            "\(provider) could not deliver it" + (words.map { ": \($0)" } ?? "")
        }
    }

    private static func quoted(_ words: String?) -> String {
        words.map { ", in its words: \"\($0)\"" } ?? ""
    }

    private func hint(_ delivery: TestDelivery) -> String {
        switch delivery {
        case .answered(status: 300..<400):
            "set API_PUBLIC_URL to the address that it redirects to, and provision again"
        case .answered(status: 401):
            "check that API_PUBLIC_URL leads here, and every instance has the same webhook secret"
        case .answered, .sent: "check that API_PUBLIC_URL leads to this instance"
        case .leftOut, .failed: "look at the destination in \(provider)"
        case .forbidden: "set API_PUBLIC_URL to an address of the open internet"
        case .unreachable:
            "check the name, the port, the firewall and the certificate of API_PUBLIC_URL"
        case .timedOut: "see what slows the instance, or the proxy in front of it, down"
        }
    }
}

import Engine

/// Leaving a provider (RFC 7009).
enum DisconnectChecks {
    static let all: [ContractCheck] = [
        ProvisionChecks.check(
            "disconnect.all", "what delivers goes, and the credential goes",
            [
                "7009-6"
            ]
        ) { bench in
            try await bench.needDestination()
            let answer = await bench.disconnect(["everywhere": true])
            try demand(answer.json["disconnected"] == true, "it says \(answer.json.encodedText)")
            let count = await bench.ours()
            try demand(count == 0, "\(count) deliver here")
            let stored = await bench.desk.call("GET", APIPath.credential(bench.id.rawValue))
            try demand(stored.status == 404, "the credential is stored")
        },
        ProvisionChecks.check(
            "disconnect.revoked", "a grant that is left is taken back",
            [
                "7009-1"
            ]
        ) { bench in
            guard bench.subject.kind != .keys else { throw NotApplicable("it has no grant") }
            let isEnding = bench.service.credential["revocationEndpoint"] != nil
            guard isEnding else { throw NotApplicable("its service takes none back") }
            let secrets = await bench.secrets()
            _ = await bench.disconnect(["everywhere": true])
            let isTaken = await bench.service.takesCredential()
            try demand(!isTaken, "the service still takes it")
            for request in bench.watch.asked {
                let address = request.url.absoluteString
                try demand(!secrets.contains { address.contains($0) }, "an address has it")
            }
        },
        ProvisionChecks.check("disconnect.plan", "a look at it does nothing", ["7009-7"]) { bench in
            try await bench.needDestination()
            let before = await bench.service.state()
            let answer = await bench.disconnect(["plan": true])
            try demand(answer.status == 200, "it is answered \(answer.status)")
            let after = await bench.service.state()
            try demand(before == after, "it wrote something")
            let isTaken = await bench.service.takesCredential()
            try demand(isTaken, "the grant is taken back")
        },
        ProvisionChecks.check("disconnect.twice", "a second time there is nothing") { bench in
            try await bench.provisioned()
            _ = await bench.disconnect(["everywhere": true])
            let answer = await bench.disconnect(["everywhere": true])
            try demand(answer.json["nothing"] == true, "it says \(answer.json.encodedText)")
        },
        ProvisionChecks.check("disconnect.late", "what still arrives afterwards is not stored") {
            bench in
            try await bench.needDestination()
            let sender = try await LateSender(bench)
            try await sender.deliver(to: bench.desk)
            let before = await bench.desk.events()
            try demand(before == 1, "of one before it, \(before ?? -1) are stored")
            _ = await bench.disconnect(["keepDestination": true, "everywhere": true])
            try await sender.deliver(to: bench.desk)
            let after = await bench.desk.events()
            try demand(after == before, "it is stored")
        },
        ProvisionChecks.check(
            "disconnect.crash", "after a crash at any call the next run ends it",
            [
                "7009-6"
            ]
        ) { bench in
            try await bench.needDestination()
            try await ProvisionChecks.everyCrash(
                bench.subject, preparing: { try await $0.provisioned() },
                at: { _ = await $0.disconnect(["everywhere": true]) }
            ) { bench, call in
                let answer = await bench.disconnect(["everywhere": true])
                let isOver = answer.json["disconnected"] == true || answer.json["nothing"] == true
                try demand(isOver, "after call \(call) it says \(answer.json.encodedText)")
                let count = await bench.ours()
                try demand(count == 0, "after call \(call), \(count) deliver here")
                let stored = await bench.desk.call("GET", APIPath.credential(bench.id.rawValue))
                try demand(stored.status == 404, "after call \(call) a credential is stored")
            }
        },
        ended(
            "disconnect.unknown", "a token that the server does not know is done with", "7009-2",
            HTTPResponse(status: 200)),
        ended(
            "disconnect.unsupported", "a server that takes no such token back stops nobody",
            "7009-4", .json(400, ["error": "unsupported_token_type"])),
        ended(
            "disconnect.refused", "a refusal for good stops nobody", "7009-5",
            .json(401, ["error": "invalid_client"])),
        ProvisionChecks.check(
            "disconnect.busy", "a server that is busy leaves it pending",
            [
                "7009-3", "7009-5",
            ]
        ) { bench in
            guard bench.service.credential["revocationEndpoint"] != nil else {
                throw NotApplicable("its service takes no grant back")
            }
            try await bench.provisioned()
            bench.watch.answer(HTTPResponse(status: 503, headers: ["Retry-After": "3600"]))
            let answer = await bench.disconnect(["keepDestination": true, "everywhere": true])
            try demand(answer.json["disconnected"] != true, "it is told as done")
            bench.watch.answer(nil)
            let again = await bench.disconnect(["keepDestination": true, "everywhere": true])
            try demand(again.json["disconnected"] == true, "it says \(again.json.encodedText)")
        },
    ]

    /// Leaving with a revocation endpoint that answers so, which must come to its end.
    private static func ended(
        _ id: String, _ claim: String, _ line: String, _ answer: HTTPResponse
    ) -> ContractCheck {
        ProvisionChecks.check(id, claim, [line]) { bench in
            guard bench.service.credential["revocationEndpoint"] != nil else {
                throw NotApplicable("its service takes no grant back")
            }
            try await bench.provisioned()
            bench.watch.answer(answer)
            let left = await bench.disconnect(["keepDestination": true, "everywhere": true])
            try demand(left.json["disconnected"] == true, "it says \(left.json.encodedText)")
            let stored = await bench.desk.call("GET", APIPath.credential(bench.id.rawValue))
            try demand(stored.status == 404, "the credential is stored")
        }
    }
}

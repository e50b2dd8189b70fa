import Engine

/// How a provider treats its service, and whether a test event goes round.
enum ServiceChecks {
    static let all: [ContractCheck] = [
        ProvisionChecks.check(
            "provision.host", "a provider asks its own service alone", ["9700-12"]
        ) { bench in
            try await bench.provisioned()
            let hosts = Set(bench.watch.asked.map { $0.url.origin })
            let own = bench.service.host.origin
            try demand(hosts.isSubset(of: [own]), "it asks \(hosts.map { $0.debugDescription })")
        },
        ProvisionChecks.check(
            "provision.address", "no address of a request holds a secret", ["6750-1", "9700-6"]
        ) { bench in
            try await bench.provisioned()
            let secrets = await bench.secrets()
            for request in bench.watch.asked {
                let address = request.url.absoluteString
                try demand(!secrets.contains { address.contains($0) }, "one does")
            }
        },
        ProvisionChecks.check("trial.round", "a test event goes round and is proven") { bench in
            let answer = try await provenTrial(bench)
            try demand(answer.json["ok"] == true, "it is lost: \(answer.json.encodedText)")
        },
        ProvisionChecks.check("trial.invisible", "a test event reaches no consumer") { bench in
            _ = try await provenTrial(bench)
            let events = await bench.desk.events()
            try demand(events == 0, "\(events ?? -1) events are there")
        },
        ProvisionChecks.check("trial.writes-nothing", "a trial leaves the service as it is") {
            bench in
            _ = try await provenTrial(bench)
            let before = await bench.service.state()
            _ = await bench.verify()
            let after = await bench.service.state()
            try demand(before == after, "it wrote something")
        },
        ProvisionChecks.check("trial.unprovisioned", "without a destination nothing is proven") {
            bench in
            let answer = await bench.verify()
            try demand(answer.json["ok"] != true, "it is proven")
            _ = try await provenTrial(bench)
        },
    ]

    private static func provenTrial(_ bench: ProvisionBench) async throws -> ContractDesk.Answer {
        try await bench.needDestination()
        let answer = await bench.verify()
        try demand(answer.status == 200, "it is answered \(answer.status)")
        guard answer.json["attempted"] == true else {
            throw NotApplicable("its service delivers no test events")
        }
        return answer
    }
}

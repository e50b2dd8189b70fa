import Engine

/// A new secret for the deliveries, while the old one still comes.
enum RotationChecks {
    private static func rotated(
        _ bench: ProvisionBench, _ more: [String: JSONValue] = [:]
    ) async throws -> ContractDesk.Answer {
        try await bench.needDestination()
        guard bench.subject.declared.webhook?.mintsSecret == true,
            bench.subject.declared.authentication.deliveryField == nil
        else {
            throw NotApplicable("its secret is the service's")
        }
        return await bench.provision(more.merging(["rotateSecret": true]) { $1 })
    }

    static let all: [ContractCheck] = [
        ProvisionChecks.check("rotation.told", "the service gets a new secret, and works with it") {
            bench in
            try await bench.needDestination()
            let before = await bench.service.state()
            let old = await bench.service.deliverySecret()
            let answer = try await rotated(bench)
            try demand(answer.status == 200, "it is answered \(answer.status)")
            let after = await bench.service.state()
            try demand(before != after, "the service has the old one")
            let count = await bench.ours()
            try demand(count == 1, "\(count) deliver here")
            let told = await bench.service.deliverySecret()
            try demand(told != old, "the service proves deliveries with the old one")
            try await bench.deliver()
            let trial = await bench.verify()
            try demand(trial.json["ok"] != false, "no event comes: \(trial.json.encodedText)")
        },
        ProvisionChecks.check("rotation.crash", "after a crash the next run ends the rotation") {
            bench in
            _ = try await rotated(bench)
            try await ProvisionChecks.everyCrash(
                bench.subject, preparing: { try await $0.provisioned() },
                at: { _ = await $0.provision(["rotateSecret": true]) }
            ) { bench, call in
                try await bench.provisioned()
                let count = await bench.ours()
                try demand(count == 1, "after call \(call), \(count) deliver here")
                try await bench.deliver()
                let trial = await bench.verify()
                try demand(trial.json["ok"] != false, "after call \(call) no event comes")
            }
        },
    ]
}

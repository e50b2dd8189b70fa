import Engine

/// Putting back what provisioning replaced.
enum UndoChecks {
    static let all: [ContractCheck] = [
        ProvisionChecks.check("undo.back", "what was set up delivers no more") { bench in
            let before = await bench.service.destinations().sorted()
            try await bench.needDestination()
            let answer = await bench.provision(["undo": true])
            try demand(answer.status == 200, "it is answered \(answer.status)")
            let after = await bench.service.destinations().sorted()
            try demand(before == after, "\(after) deliver, not \(before)")
        },
        ProvisionChecks.check("undo.rehearsal", "a look at it writes nothing") { bench in
            try await bench.needDestination()
            let before = await bench.service.state()
            let answer = await bench.plan(["undo": true])
            try demand(answer.status == 200, "it is answered \(answer.status)")
            let after = await bench.service.state()
            try demand(before == after, "it wrote something")
        },
        ProvisionChecks.check("undo.twice", "a second time there is nothing to undo") { bench in
            try await bench.needDestination()
            _ = await bench.provision(["undo": true])
            let before = await bench.service.state()
            let answer = await bench.provision(["undo": true])
            try demand(answer.status == 409, "it is answered \(answer.status)")
            let after = await bench.service.state()
            try demand(before == after, "it wrote something")
        },
        ProvisionChecks.check("undo.again", "provisioning after it ends in one object again") {
            bench in
            try await bench.needDestination()
            _ = await bench.provision(["undo": true])
            try await bench.provisioned()
            let count = await bench.ours()
            try demand(count == 1, "\(count) deliver here")
        },
        ProvisionChecks.check("undo.crash", "after a crash at any call the next run ends it") {
            bench in
            try await bench.needDestination()
            try await ProvisionChecks.everyCrash(
                bench.subject, preparing: { try await $0.provisioned() },
                at: { _ = await $0.provision(["undo": true]) }
            ) { bench, call in
                let answer = await bench.provision(["undo": true])
                try demand(
                    [200, 409].contains(answer.status),
                    "after call \(call) it is answered \(answer.status)")
                let count = await bench.ours()
                try demand(count == 0, "after call \(call), \(count) deliver here")
            }
        },
    ]
}

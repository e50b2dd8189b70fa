import Engine

/// Setting up the service's side: planned, written once, and whole after any crash.
enum ProvisionChecks {
    static func check(
        _ id: String, _ claim: String, _ lines: [String] = [],
        _ body: @escaping @Sendable (ProvisionBench) async throws -> Void
    ) -> ContractCheck {
        ContractCheck(id, claim, lines: lines) { subject in
            try await ProvisionBench.open(subject) { try await body($0) }
        }
    }

    static let all: [ContractCheck] =
        writing + crashes + failures + ServiceChecks.all
        + RotationChecks.all + UndoChecks.all + DisconnectChecks.all

    private static let writing: [ContractCheck] = [
        check("provision.one", "provisioning makes one object that delivers here") { bench in
            let report = try await bench.provisioned()
            let count = await bench.ours()
            guard report["action"] != "unchanged" || count > 0 else {
                throw NotApplicable("it sets up nothing that delivers")
            }
            try demand(count == 1, "\(count) deliver here")
        },
        check("provision.delivers", "the service proves its deliveries with what it was told") {
            bench in
            try await bench.needDestination()
            try await bench.deliver()
        },
        check("provision.twice", "a second run changes nothing") { bench in
            try await bench.provisioned()
            let before = await bench.service.state()
            let again = try await bench.provisioned()
            try demand(again["action"] == "unchanged", "it is told as \(again.encodedText)")
            let after = await bench.service.state()
            try demand(before == after, "the service's side is another")
        },
        check("provision.restart", "a second run after a restart changes nothing") { bench in
            try await bench.provisioned()
            let before = await bench.service.state()
            let again = try await bench.restarted().provisioned()
            try demand(again["action"] == "unchanged", "it is told as \(again.encodedText)")
            let after = await bench.service.state()
            try demand(before == after, "the service's side is another")
        },
        check("provision.at-once", "two runs at a time make one object") { bench in
            let other = try bench.restarted()
            async let one = bench.provision()
            async let two = other.provision()
            let statuses = await [one.status, two.status]
            try demand(statuses == [200, 200], "they are answered \(statuses)")
            let count = await bench.ours()
            if count == 0 {
                try await bench.needDestination()
                throw Broken("neither of them made one")
            }
            try demand(count == 1, "\(count) deliver here")
        },
        check("provision.plan", "a plan writes nothing, and says what a run then does") { bench in
            let before = await bench.service.state()
            let plan = await bench.plan()
            try demand(plan.status == 200, "it is answered \(plan.status)")
            let after = await bench.service.state()
            try demand(before == after, "it wrote something")
            let report = try await bench.provisioned()
            try demand(report["action"] == plan.json["action"], "the run did something else")
        },
        check("provision.plan.clean", "after a run there is nothing left to plan") { bench in
            try await bench.provisioned()
            let plan = await bench.plan()
            try demand(plan.json["action"] == "unchanged", "it says \(plan.json.encodedText)")
            let drift = await bench.desk.call("GET", APIPath.drift(bench.id))
            try demand(drift.json["drift"] == false, "it says \(drift.json.encodedText)")
        },
        check("provision.reply", "no answer of the instance shows a secret or a token") { bench in
            _ = await bench.plan()
            try await bench.provisioned()
            _ = await bench.plan()
            let said = bench.desk.said.withLock { $0 }
            for secret in await bench.secrets() { try demand(!said.contains(secret), "one does") }
        },
    ]

    private static let crashes: [ContractCheck] = [
        check("provision.crash.calls", "after a crash at any call, the next run ends in one") {
            bench in
            try await bench.needDestination()
            try await everyCrash(bench.subject, at: { _ = await $0.provision() }) { bench, call in
                try await bench.provisioned()
                let count = await bench.ours()
                try demand(count == 1, "after call \(call), \(count) deliver here")
                do { try await bench.deliver() } catch is NotApplicable {}
                let again = try await bench.provisioned()
                try demand(again["action"] == "unchanged", "after call \(call) it goes on writing")
            }
        },
        check("provision.crash.statements", "and after a crash at any statement of the database") {
            bench in
            try await bench.needDestination()
            for place in 1...200 {
                let isOver = Locked(false)
                try await ProvisionBench.open(bench.subject) { bench in
                    let database = CrashingStore(bench.desk.database, after: place)
                    let answer = await (try bench.restarted(over: database)).provision()
                    isOver.withLock { $0 = answer.status == 200 && !database.isCrashed }
                    let healed = try bench.restarted()
                    try await healed.provisioned()
                    let count = await healed.ours()
                    try demand(count == 1, "after statement \(place), \(count) deliver here")
                }
                if isOver.withLock({ $0 }) { return }
            }
            throw Broken("it does not end within 200 statements")
        },
    ]

    /// No provider needs as many to set up one service.
    private static let mostCalls = 60

    /// Runs `body` on a new service for each call at which it can crash, and then `examine` on a
    /// restarted instance.
    static func everyCrash(
        _ subject: ContractSubject,
        preparing prepare: @escaping @Sendable (ProvisionBench) async throws -> Void = { _ in },
        at body: @escaping @Sendable (ProvisionBench) async throws -> Void,
        _ examine: @escaping @Sendable (ProvisionBench, Int) async throws -> Void
    ) async throws {
        for call in 1...mostCalls {
            let isOver = Locked(false)
            try await ProvisionBench.open(subject) { bench in
                try await prepare(bench)
                bench.watch.crash(after: call)
                try await body(bench)
                isOver.withLock { $0 = !bench.watch.isCrashed }
                bench.watch.crash(after: .max)
                try await examine(try bench.restarted(), call)
            }
            if isOver.withLock({ $0 }) { return }
        }
        throw Broken("it does not end within \(mostCalls) calls")
    }

    private static let failures: [ContractCheck] = [
        (401, "unauthorized"), (403, nil), (500, nil), (200, nil),
    ].map { (status: Int, code: String?) in
        check("provision.refused.\(status)", "a service that answers \(status) to all is told") {
            bench in
            try await bench.needDestination()
            bench.watch.answer(
                HTTPResponse(
                    status: status, headers: ["Content-Type": "text/html"],
                    body: Data("<!doctype html>hunter2".utf8)))
            let before = await bench.service.state()
            for answer in [await bench.provision(), await bench.plan()] {
                try demand(answer.status == 502, "it is answered \(answer.status)")
                if let code {
                    let found = answer.json["error"]?.string ?? ""
                    try demand(found == code, "it is called '\(found)', not '\(code)'")
                }
                try demand(answer.json["remediation"]?.string != nil, "it has no remedy")
            }
            let after = await bench.service.state()
            try demand(before == after, "it wrote something")
        }
    }
}

import Engine

/// Connecting by pasting: asked for, tried at the service, stored only then.
enum KeyLoginChecks {
    private static func check(
        _ id: String, _ claim: String,
        _ body: @escaping @Sendable (KeyLoginBench) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("keys.connect.\(id)", claim) { subject in
            guard let make = subject.service else {
                throw NotApplicable("nothing plays its service")
            }
            let service = try await make { _ in HTTPResponse(status: 503) }
            do {
                try await ContractDesk.open(subject.provider) { desk in
                    try await body(
                        KeyLoginBench(
                            desk: desk, service: service, watch: ServiceWatch(service)))
                }
            } catch {
                await service.stop()
                throw error
            }
            await service.stop()
        }.only(.keys)
    }

    static let all: [ContractCheck] = [
        check("right", "keys that the service takes are stored") { bench in
            let result = await bench.connect(bench.pasted)
            try demand(
                result.verdict.hasPrefix("connected"),
                "it ended with '\(result.verdict)': \(result.refusal?.description ?? "")")
            try await bench.demandStored(true)
        },
        check("refused", "keys that the service refuses are not stored") { bench in
            for status in [401, 403, 500] {
                bench.watch.answer(.json(status, ["detail": .string(bench.secret)]))
                let result = await bench.connect(bench.pasted)
                guard let refusal = result.refusal else {
                    guard bench.watch.asked.isEmpty else {
                        throw Broken("after \(status) it ended with '\(result.verdict)'")
                    }
                    throw Broken("keys are stored that were not tried")
                }
                try demand(!"\(refusal)".contains(bench.secret), "the refusal repeats the key")
                try demand(refusal.hint != nil, "the refusal has no hint")
                try await bench.demandStored(false)
            }
        },
        check("redirected", "a service that sends on gets no key elsewhere") { bench in
            bench.watch.answer(
                HTTPResponse(status: 307, headers: ["Location": "https://elsewhere.example/"]))
            _ = await bench.connect(bench.pasted)
            let hosts = Set(bench.watch.asked.map { $0.url.host() })
            try demand(hosts.isSubset(of: [bench.service.host.host()]), "another host was asked")
        },
        check("given-up", "one who gives up stores nothing") { bench in
            let result = await bench.connect { _ in nil }
            try demand(result.verdict == "interrupted", "it ended with '\(result.verdict)'")
            try demand(bench.watch.asked.isEmpty, "the service was asked")
            try await bench.demandStored(false)
        },
        check("malformed", "a value that breaks its rule is asked for again, and not sent") {
            bench in
            let result = await bench.connect { _ in "no \u{202E} key" }
            try demand(result.verdict == "key_invalid", "it ended with '\(result.verdict)'")
            try demand(bench.watch.asked.isEmpty, "the service was asked")
            try await bench.demandStored(false)
        },
    ]
}

/// A login by pasting, at a service that may refuse.
struct KeyLoginBench: Sendable {
    let desk: ContractDesk
    let service: any ContractService
    let watch: ServiceWatch

    var pasted: @Sendable (KeyField) -> String? {
        let credential = service.credential
        return { credential[$0.name]?.string }
    }

    /// The key that requests carry.
    var secret: String {
        let name = desk.provider.authentication.keyUse?.field ?? ""
        return service.credential[name]?.string ?? ""
    }

    func connect(
        _ paste: @escaping @Sendable (KeyField) -> String?
    ) async -> Result<ConnectOutcome, ConnectError> {
        var options = ConnectOptions()
        options.host = service.host
        options.skipsProvisioning = true
        let flow = ConnectFlow(
            provider: desk.provider, options: options,
            instance: InstanceClient(
                url: URL(string: ContractDesk.publicURL) ?? service.host,
                adminKey: Secret(ContractDesk.adminKey), client: DeskClient(desk: desk)),
            client: watch, browser: BrowserLauncher(environment: [:]),
            prompt: ConnectPrompt(host: { _, _ in nil }, project: { _ in nil }, key: { paste($0) })
        ) { _ in }
        do throws(ConnectError) {
            return .success(try await flow.run())
        } catch {
            return .failure(error)
        }
    }

    func demandStored(_ isStored: Bool) async throws {
        let answer = await desk.call("GET", APIPath.credential(desk.provider.id.rawValue))
        try demand(
            answer.status == (isStored ? 200 : 404), isStored ? "they are not" : "they are stored")
    }
}

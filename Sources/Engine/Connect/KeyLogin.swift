/// The part of `connect` in which keys are pasted: asked for, checked, tried at the service, stored.
struct KeyLogin: Sendable {
    private static let mostTries = 3

    let flow: ConnectFlow
    let host: URL
    let fields: [KeyField]
    let use: KeyUse
    let page: String?

    private var provider: any Provider { flow.provider }

    func run() async throws -> Granted {
        guard !host.isInsecure else {
            throw ConnectError(
                .notConfigured,
                "'\(host.withoutTrailingSlash)' is plain http, which would show the key to the network",
                hint: "use https for a host that is not this machine", isCredentialStored: false)
        }
        let values = try await values()
        let keys = values.mapValues { Secret($0) }
        let unchecked = KeyCredential(keys: keys, report: [:], host: host, declared: fields)
        let report = try await check(unchecked)
        let credential = KeyCredential(
            keys: keys, report: report.fields, host: host, declared: fields)
        try await CredentialStorage(flow: flow).store(StorableCredential(credential))
        return Granted(
            outcome: ConnectOutcome.Granted(
                host: host, issuer: nil, scopes: nil, fields: credential.fields, expiresAt: nil),
            summary: credential.summary)
    }

    // MARK: Asking

    private func values() async throws -> [String: String] {
        if let text = flow.options.keyText {
            let values = try KeyText(fields: fields).values(in: text)
            for field in fields {
                guard let demand = field.rule.demand(of: values[field.name] ?? "") else { continue }
                throw invalid(field, demand)
            }
            return values
        }
        guard let prompt = flow.prompt else { throw nobodyToAsk }
        if let page { flow.report(.note("keys of \(provider.name) are made at \(page)")) }
        var values: [String: String] = [:]
        for field in fields { values[field.name] = try await ask(field, prompt) }
        return values
    }

    private func ask(_ field: KeyField, _ prompt: ConnectPrompt) async throws -> String {
        var refusal = invalid(field, "be given")
        for _ in 0..<Self.mostTries {
            guard let answer = await prompt.key(field) else { throw CancellationError() }
            let value = answer.trimmingWhitespace()
            guard let demand = field.rule.demand(of: value) else { return value }
            refusal = invalid(field, demand)
            flow.report(.warning(refusal.description))
        }
        throw refusal
    }

    private var nobodyToAsk: ConnectError {
        let names = fields.map(\.label).joined(separator: ", ")
        return ConnectError(
            .keyMissing, "\(provider.name) is connected by pasting: \(names)",
            hint: "pass --key-file PATH, or run this on a terminal", isCredentialStored: false)
    }

    private func invalid(_ field: KeyField, _ demand: String) -> ConnectError {
        ConnectError(
            .keyInvalid, "the \(field.label) ('\(field.name)') must \(demand)",
            hint: "copy it again\(atPage), whole and without anything around it",
            isCredentialStored: false)
    }

    private var atPage: String { page.map { " from \($0)" } ?? " from \(provider.name)" }

    // MARK: Checking

    private func check(_ credential: KeyCredential) async throws -> KeyReport {
        let keys = KeyCheck(
            api: credential.client(over: flow.client, use), host: host,
            values: credential.values, prefixes: prefixes(credential))
        return try await flow.step("Checking the key at \(host.withoutTrailingSlash)") {
            do throws(ProvisionError) {
                return try await provider.check(keys)
            } catch {
                try Task.checkCancellation()
                throw refusal(error, credential)
            }
        }
    }

    private func prefixes(_ credential: KeyCredential) -> [String: String] {
        fields.reduce(into: [:]) { prefixes, field in
            prefixes[field.name] = credential.keys[field.name].flatMap {
                field.rule.prefix(of: $0.reveal())
            }
        }
    }

    /// In words that fit a key that is not stored.
    private func refusal(_ error: ProvisionError, _ credential: KeyCredential) -> ConnectError {
        let make =
            "make another one\(page.map { " at \($0)" } ?? " at \(provider.name)"), and run the command again"
        switch error {
        case .unauthorized:
            return ConnectError(
                .keyRefused, "\(provider.name) does not take the key", hint: make,
                isCredentialStored: false)
        case .missingScope(let scope, _):
            let lack = scope.map { "the scope '\($0.rawValue.sanitized(limit: 80))'" }
            return ConnectError(
                .keyRefused, "the key lacks \(lack ?? "a permission")",
                hint: "give the key that permission\(atService), and run the command again",
                isCredentialStored: false)
        case .keysRefused(let reason):
            return ConnectError(
                .keyRefused, credential.hiding(reason).sanitized(limit: 600), hint: error.hint,
                isCredentialStored: false)
        case .unsupportedInstance, .projectDiscoveryFailed, .unexpectedAnswer:
            let text = credential.hiding(error.description).sanitized(limit: 600)
            return ConnectError(
                .keyCheckFailed, "whether the key works could not be found out: \(text)",
                hint: "run the command again; nothing was stored", isCredentialStored: false)
        }
    }

    private var atService: String { page.map { " at \($0)" } ?? " at \(provider.name)" }
}

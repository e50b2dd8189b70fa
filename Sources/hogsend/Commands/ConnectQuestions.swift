import Engine

/// The questions that `connect` asks on a terminal.
struct ConnectQuestions: Sendable {
    private static let mostTries = 3

    let console: Console

    var prompt: ConnectPrompt {
        ConnectPrompt(
            host: { await host(of: $0, preselected: $1) }, project: { await project(among: $0) },
            key: { await key($0) })
    }

    /// What is no secret is seen, since an id that is typed wrong is hard to find unseen.
    private func key(_ field: KeyField) async -> String? {
        field.isSecret
            ? await HiddenInput.line("Paste the \(field.label) (it is not shown): ")
            : await console.readLine("Paste the \(field.label): ")
    }

    private func host(of provider: any Provider, preselected: URL?) async -> URL? {
        let known = provider.hosts.compactMap { host in
            URL(address: host.address).map { (host.name, $0) }
        }
        let preselection = known.firstIndex { $0.1.origin == preselected?.origin }
        console.line("Which \(provider.name)?")
        for (index, (name, url)) in known.enumerated() {
            let mark = index == preselection ? "  (the stored grant's)" : ""
            console.line("  \(index + 1)  \(name)  \(url.withoutTrailingSlash)\(mark)")
        }
        let other = preselection == nil ? preselected : nil
        let mark = other.map { "  (the stored grant's: \($0.withoutTrailingSlash))" } ?? ""
        console.line("  \(known.count + 1)  another address\(mark)")
        let fallback = preselection ?? (other == nil ? 0 : known.count)
        guard let choice = await number(upTo: known.count + 1, default: fallback + 1) else {
            return nil
        }
        return choice <= known.count
            ? known[choice - 1].1 : await address(of: provider, other)
    }

    private func address(of provider: any Provider, _ preselected: URL?) async -> URL? {
        for _ in 0..<Self.mostTries {
            let offer = preselected.map { " [\($0.withoutTrailingSlash)]" } ?? ""
            guard let answer = await console.readLine("Address of \(provider.name)\(offer): ")
            else {
                return nil
            }
            if answer.trimmingWhitespace().isEmpty, let preselected { return preselected }
            do throws(UsageError) {
                return try ConnectCommand.host(answer.trimmingWhitespace(), flag: "the address")
            } catch {
                console.line(error.description)
            }
        }
        return nil
    }

    private func project(among candidates: [ProvisionError.ProjectCandidate]) async -> String? {
        console.line("The grant covers several projects. Which one?")
        for (index, candidate) in candidates.enumerated() {
            console.line("  \(index + 1)  \(candidate.name)  \(candidate.id)")
        }
        return await number(upTo: candidates.count, default: nil).map { candidates[$0 - 1].id }
    }

    private func number(upTo limit: Int, default fallback: Int?) async -> Int? {
        let offer = fallback.map { " [\($0)]" } ?? ""
        for _ in 0..<Self.mostTries {
            guard let answer = await console.readLine("Choose 1 to \(limit)\(offer): ") else {
                return nil
            }
            if answer.trimmingWhitespace().isEmpty, let fallback { return fallback }
            if let number = Int(answer.trimmingWhitespace()), (1...limit).contains(number) {
                return number
            }
            console.line("'\(answer.sanitized(limit: 40))' is not a number from 1 to \(limit)")
        }
        return nil
    }
}

public import Engine

/// What the engine demands of a provider and a provider of the engine, as named checks.
///
/// Each check runs the engine itself, on a database in a temporary folder, against a server that
/// misbehaves in one way. One line of a test runs them all:
///
/// ```swift
/// try await ProviderContract(Acme()) { AcmeSimulator(delivering: $0) }.check()
/// ```
public struct ProviderContract: Sendable {
    private static let atOnce = 4

    let subject: ContractSubject

    /// Takes a provider and what plays its service, which is made anew for each check.
    ///
    /// Without one, no check of what happens at the service applies.
    public init(_ provider: any Provider, service: ContractServiceMaker? = nil) {
        subject = ContractSubject(provider, service: service)
    }

    /// Every check's id and the sentence that it holds the engine and the provider to, in order.
    public static var checks: [(id: String, claim: String)] { all.map { ($0.id, $0.claim) } }

    /// Which checks hold the engine to a line of Tests/CHECKLIST.md, by line.
    package static var checklist: [String: [String]] {
        all.reduce(into: [:]) { lines, check in
            for line in check.lines { lines[line, default: []].append(check.id) }
        }
    }

    /// Runs the checks whose ids begin with `prefix`, all unless told otherwise.
    ///
    /// `expecting` names those that are known to fail; one of them that passes is a surprise.
    public func run(
        _ prefix: String = "", expecting failures: Set<String> = []
    ) async -> ContractReport {
        let checks = Self.all.filter { $0.id.hasPrefix(prefix) }
        var results: [Int: ContractReport.Result] = [:]
        await withTaskGroup(of: (Int, ContractReport.Result).self) { group in
            for (place, check) in checks.enumerated() {
                if place >= Self.atOnce, let (done, result) = await group.next() {
                    results[done] = result
                }
                let isExpected = failures.contains(check.id)
                group.addTask {
                    (place, await check.result(subject, isExpectedToFail: isExpected))
                }
            }
            for await (place, result) in group { results[place] = result }
        }
        let unknown =
            failures.subtracting(Self.all.map(\.id)).sorted() + (checks.isEmpty ? [prefix] : [])
        return ContractReport(
            provider: subject.declared.id, results: checks.indices.compactMap { results[$0] },
            unknown: unknown)
    }

    /// Runs all checks, and writes the report to a file where one is named.
    ///
    /// - Throws: ``ContractBroken`` when a check fails that was not expected to, or passes that was.
    public func check(
        expecting failures: Set<String> = [], report path: String? = nil
    ) async throws {
        let report = await run(expecting: failures)
        if let path { try report.write(to: path) }
        guard report.isKept else { throw ContractBroken(report) }
    }
}

/// What the checks look at.
struct ContractSubject: Sendable {
    /// As its author declared it.
    let declared: any Provider
    /// The same on any free port, so that checks run side by side.
    let provider: AnyPort
    let service: ContractServiceMaker?

    init(_ provider: any Provider, service: ContractServiceMaker?) {
        declared = provider
        self.provider = AnyPort(provider)
        self.service = service
    }

    enum Kind: String {
        case code, device, keys
    }

    /// By which way its users connect.
    var kind: Kind {
        let authentication = declared.authentication
        guard let client = authentication.clientID else { return .keys }
        return authentication == .deviceCode(clientID: client) ? .device : .code
    }
}

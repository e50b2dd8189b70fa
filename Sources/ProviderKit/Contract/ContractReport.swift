public import Engine

/// What a run of ``ProviderContract`` found.
public struct ContractReport: Sendable {
    /// How a check ended.
    public enum Outcome: String, Sendable {
        /// It holds.
        case passed
        /// It does not hold.
        case failed
        /// It says nothing about this provider.
        case notApplicable = "not_applicable"
        /// It does not hold, as was expected.
        case expectedFailure = "expected_failure"
        /// It holds or says nothing about this provider, though it was expected to fail.
        case surprise
    }

    /// How one check ended.
    public struct Result: Sendable, Equatable {
        /// The check's id, which stays from version to version.
        public let id: String
        /// What the check demands, as a sentence.
        public let claim: String
        /// How it ended.
        public let outcome: Outcome
        /// Why it failed or does not apply; nil for one that passed.
        public let reason: String?

        init(_ id: String, _ claim: String, _ outcome: Outcome, _ reason: String? = nil) {
            self.id = id
            self.claim = claim
            self.outcome = outcome
            self.reason = reason?.sanitized(limit: 400)
        }
    }

    /// The provider that was checked.
    public let provider: ProviderID
    /// The checks that ran, in order.
    public let results: [Result]
    /// What was named and no check has: ids that were expected to fail, and the beginning of those
    /// that were to run.
    public let unknown: [String]

    /// Whether nothing failed but what was expected to.
    public var isKept: Bool { broken.isEmpty && unknown.isEmpty }

    /// Those that failed, or passed by surprise.
    public var broken: [Result] {
        results.filter { [.failed, .surprise].contains($0.outcome) }
    }

    /// How many checks ended so.
    public func count(_ outcome: Outcome) -> Int { results.count { $0.outcome == outcome } }

    /// The document `{"provider", "kept", "counts", "checks", "unknown"}`.
    public var json: JSONValue {
        let counts = Dictionary(grouping: results, by: \.outcome.rawValue)
            .mapValues { JSONValue.integer(Int64($0.count)) }
        return [
            "provider": .string(provider.rawValue), "kept": .bool(isKept),
            "counts": .object(counts), "checks": .array(results.map(\.json)),
            "unknown": .array(unknown.map { .string($0) }),
        ]
    }

    /// Writes the document to a file, such as `report.json`.
    ///
    /// - Throws: the file system's error.
    public func write(to path: String) throws {
        try json.encoded().write(to: URL(filePath: path))
    }
}

extension ContractReport.Result {
    fileprivate var json: JSONValue {
        [
            "id": .string(id), "claim": .string(claim), "outcome": .string(outcome.rawValue),
            "reason": reason.map { .string($0) } ?? .null,
        ]
    }
}

/// A contract that is not kept: each check that failed with its sentence.
public struct ContractBroken: ActionableError {
    /// What was found.
    public let report: ContractReport
    /// The word `contract_broken`.
    public let code = "contract_broken"

    init(_ report: ContractReport) { self.report = report }

    /// The failed ids, one a line, each with what it demands and why that does not hold.
    public var description: String {
        let lines = report.broken.map { result in
            let reason = result.reason ?? "it was expected to fail, and passes"
            return "\(result.id): \(result.claim) (\(reason))"
        }
        let unknown = report.unknown.map { "\($0): no check has this id" }
        return "the contract of '\(report.provider)' is broken:\n"
            + (lines + unknown).joined(separator: "\n")
    }

    /// The remedy.
    public var hint: String? { "mend what the ids name, or list one that is known with its reason" }
}

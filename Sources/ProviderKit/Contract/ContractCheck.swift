import Engine

/// One thing that must hold, under an id that stays.
struct ContractCheck: Sendable {
    typealias Body = @Sendable (ContractSubject) async throws -> Void

    let id: String
    /// What holds, as a sentence.
    let claim: String
    /// The lines of Tests/CHECKLIST.md that it is about.
    let lines: [String]
    private let body: Body

    init(_ id: String, _ claim: String, lines: [String] = [], body: @escaping Body) {
        self.id = id
        self.claim = claim
        self.lines = lines
        self.body = body
    }

    /// The same for providers whose users connect in one of these ways.
    func only(_ kinds: ContractSubject.Kind...) -> ContractCheck { only(kinds) }

    func only(_ kinds: [ContractSubject.Kind]) -> ContractCheck {
        let body = body
        return ContractCheck(id, claim, lines: lines) { subject in
            guard kinds.contains(subject.kind) else {
                throw NotApplicable("its users connect in another way (\(subject.kind.rawValue))")
            }
            try await body(subject)
        }
    }

    func result(
        _ subject: ContractSubject, isExpectedToFail: Bool
    ) async -> ContractReport.Result {
        do {
            try await body(subject)
            return ContractReport.Result(id, claim, isExpectedToFail ? .surprise : .passed)
        } catch let error as NotApplicable {
            return ContractReport.Result(
                id, claim, isExpectedToFail ? .surprise : .notApplicable, error.reason)
        } catch {
            let reason = (error as? Broken)?.reason ?? "the check could not run: \(error)"
            return ContractReport.Result(
                id, claim, isExpectedToFail ? .expectedFailure : .failed, reason)
        }
    }
}

/// Why a check fails, as the end of a sentence.
struct Broken: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Why a check says nothing about a provider.
struct NotApplicable: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Fails the check unless something holds.
func demand(_ holds: Bool, _ reason: @autoclosure () -> String) throws {
    if !holds { throw Broken(reason()) }
}

/// Fails the check where there is nothing.
func demand<Value>(_ value: Value?, _ reason: @autoclosure () -> String) throws -> Value {
    guard let value else { throw Broken(reason()) }
    return value
}

extension ProviderContract {
    /// Every check, in the order in which they are told.
    static let all: [ContractCheck] =
        DeclarationChecks.all + MemberChecks.all + CollectionChecks.all + ClientChecks.all
        + InterfaceChecks.all + MetadataChecks.all + RequestChecks.all + IssuerChecks.all
        + CallbackChecks.all + ExchangeChecks.all
        + TokenAnswerChecks.all + RefreshChecks.all + SigningChecks.all + WebhookChecks.all
        + WireChecks.all + ProvisionChecks.all + SecrecyChecks.all
        + KeyDeclarationChecks.all + KeyChecks.all + KeyLoginChecks.all + DeviceChecks.all
}

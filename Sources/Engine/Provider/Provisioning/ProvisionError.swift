/// Why the service's side could not be set up.
public enum ProvisionError: Error, Equatable {
    /// The service no longer takes the credential.
    case unauthorized(provider: ProviderID)
    /// The credential lacks a permission; nil when the service did not say which.
    case missingScope(Scope?, provider: ProviderID)
    /// Pasted values are taken and yet not what is needed, such as keys of two applications; the
    /// reason is one sentence.
    case keysRefused(reason: String)
    /// The service does not have what is needed.
    case unsupportedInstance(host: String, reason: String)
    /// It is not clear which project is meant, or the one that is meant is out of reach.
    case projectDiscoveryFailed(reason: String, candidates: [ProjectCandidate])
    /// The service answered with something else than it should have; without a status the detail
    /// is in this program's words.
    case unexpectedAnswer(step: String, status: Int?, detail: String?)

    /// A project that the user may choose.
    public struct ProjectCandidate: Sendable, Equatable {
        /// The id to ask for.
        public let id: String
        /// The name to show.
        public let name: String

        /// Names a project.
        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }
}

extension ProvisionError {
    /// That an answer to a step is something else than, for example, `a webhook endpoint`.
    public static func answerIsNot(_ noun: String, step: String) -> ProvisionError {
        .unexpectedAnswer(step: step, status: nil, detail: "the answer is not \(noun)")
    }

    /// That a field reads back with another value than it was given in a step.
    public static func notKept(_ field: String, by name: String, step: String) -> ProvisionError {
        .unexpectedAnswer(
            step: step, status: nil, detail: "\(name) did not keep the field '\(field)'")
    }

    /// Whether the service has said that it did not do what it was asked for.
    var isRefusal: Bool {
        switch self {
        case .unauthorized, .missingScope: true
        case .unexpectedAnswer(_, let status?, _): (400..<500).contains(status) && status != 408
        default: false
        }
    }
}

extension ProvisionError: ActionableError {
    /// The word that the wire uses.
    public var code: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .missingScope: "missing-scope"
        case .keysRefused: "keys-refused"
        case .unsupportedInstance: "unsupported-instance"
        case .projectDiscoveryFailed: "project-discovery-failed"
        case .unexpectedAnswer: "api-error"
        }
    }

    /// One sentence about what the service refused.
    public var description: String {
        switch self {
        case .unauthorized: "the service no longer takes the stored credential"
        case .missingScope(let scope?, _):
            "the stored credential lacks the scope '\(scope.rawValue)'"
        case .missingScope(nil, _): "the stored credential lacks a permission"
        case .keysRefused(let reason): reason
        case .unsupportedInstance(let host, let reason):
            "'\(host)' cannot be provisioned: \(reason)"
        case .projectDiscoveryFailed(let reason, _): reason
        case .unexpectedAnswer(let step, let status?, let detail):
            "\(step) got status \(status)"
                + (detail.map { ", in the service's words: \"\($0)\"" } ?? "")
        case .unexpectedAnswer(let step, nil, let detail):
            "\(step) got no usable answer" + (detail.map { ": \($0)" } ?? "")
        }
    }

    /// The remedy.
    public var hint: String? {
        switch self {
        case .unauthorized(let provider): "run `hogsend connect \(provider)` again"
        case .missingScope(_, let provider):
            "run `hogsend connect \(provider)` again, with a credential that has the permission"
        case .keysRefused: "copy every value anew, from the same page"
        case .unsupportedInstance: "update the service, or set the destination up by hand"
        case .projectDiscoveryFailed: "choose one with --project ID"
        case .unexpectedAnswer:
            "try again with --provision-only; if it stays, look at the service's status"
        }
    }
}

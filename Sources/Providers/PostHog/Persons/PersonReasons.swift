public import Engine

extension PersonReading.Reason: ActionableError {
    /// The word on the wire.
    public var code: String { rawValue }

    /// One sentence.
    public var description: String {
        switch self {
        case .noCredential: "there is no credential for PostHog, so persons are not read"
        case .notConfigured: "a personal key is set, but nothing says which PostHog it is for"
        case .storeUnavailable: "the stored credential cannot be read just now"
        case .projectUnclear: "it is not clear which project of PostHog is meant"
        case .unauthorized: "PostHog does not take the credential"
        case .missingScope: "the credential lacks a scope that person reads need"
        case .forbidden: "PostHog does not let this credential read persons"
        case .throttled: "PostHog asked to be left alone for a while"
        case .serviceUnavailable: "PostHog is out of reach or failing"
        case .timedOut: "PostHog took too long to answer"
        case .unexpectedAnswer: "the answer is none of PostHog's API"
        case .invalidID:
            "the distinct id is empty or longer than \(PersonReads.longestID) bytes"
        }
    }

    /// The remedy.
    public var hint: String? {
        switch self {
        case .noCredential, .unauthorized: "run `hogsend connect posthog`"
        case .notConfigured: "set POSTHOG_HOST or POSTHOG_PRIVATE_HOST on the instance"
        case .projectUnclear:
            "set POSTHOG_PROJECT_ID, or run `hogsend connect posthog --provision-only --project ID`"
        case .missingScope:
            "run `hogsend connect posthog` and leave every permission ticked, or give the key person:read"
        case .forbidden: "check the role of the user, and the organization's policy, in PostHog"
        case .storeUnavailable, .throttled, .serviceUnavailable, .timedOut: "try again later"
        case .unexpectedAnswer: "check that the host is PostHog's app and not something before it"
        case .invalidID: "pass the distinct id of a person"
        }
    }

    init(_ cause: NoAccess) {
        switch cause {
        case .noCredential: self = .noCredential
        case .notConfigured: self = .notConfigured
        case .storeUnavailable: self = .storeUnavailable
        }
    }
}

/// Why one request for a person failed, and for how long that keeps further ones from being sent.
struct ReadFailure: Error, Equatable {
    enum Extent: Equatable {
        /// What concerns the credential concerns every person.
        case everyone(Duration)
        case thisPerson
    }

    let reason: PersonReading.Reason
    let extent: Extent
    /// The scope that PostHog named.
    var scope: Scope?

    init(_ reason: PersonReading.Reason, _ extent: Extent = .thisPerson, scope: Scope? = nil) {
        self.reason = reason
        self.extent = extent
        self.scope = scope
    }
}

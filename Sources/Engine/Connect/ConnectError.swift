/// A refusal, worded for the person at the terminal.
package struct ConnectError: ActionableError, Equatable {
    package let verdict: Verdict
    package let description: String
    package let hint: String?
    /// Known only where a command may have stored one before it ended.
    package var isCredentialStored: Bool?

    package init(
        _ verdict: Verdict, _ description: String, hint: String?, isCredentialStored: Bool? = nil
    ) {
        self.verdict = verdict
        self.description = description
        self.hint = hint
        self.isCredentialStored = isCredentialStored
    }

    package var code: String { verdict.rawValue }

    /// Words what a step of the login threw.
    init(_ error: any Error, _ provider: any Provider) {
        switch error {
        case let error as ConnectError: self = error
        case let error as OAuthError:
            let hint = error.code == "oauth_unsupported" ? provider.unsupportedHint : error.hint
            self.init(
                Verdict(rawValue: error.code) ?? .authorizationFailed, error.description, hint: hint
            )
        case is CancellationError: self = .interrupted(isCredentialStored: false)
        default:
            self.init(
                .authorizationFailed, "the login could not be prepared",
                hint: "run the command again")
        }
    }

    /// Interrupted after, before, or (nil) without knowing whether a credential was stored.
    package static func interrupted(isCredentialStored: Bool?) -> ConnectError {
        let (text, hint) =
            switch isCredentialStored {
            case true?:
                ("the credential is stored", "run the command with --provision-only to finish")
            case false?: ("no credential was stored", "run the command again")
            case nil:
                (
                    "whether a credential is stored is not known",
                    "look with `hogsend credentials list`"
                )
            }
        return ConnectError(
            .interrupted, "interrupted; \(text)", hint: hint, isCredentialStored: isCredentialStored
        )
    }
}

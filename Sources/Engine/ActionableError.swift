/// An error written for the person who must act on it.
///
/// Its `description` is one plain sentence in lower case without a full stop. No token, code,
/// verifier or secret may stand in any of the three texts.
public protocol ActionableError: Error, CustomStringConvertible {
    /// A stable word for scripts and JSON, such as `port_unavailable`.
    var code: String { get }
    /// The next thing to do, starting with a verb, when there is one.
    var hint: String? { get }
}

extension ActionableError {
    /// No next step by default.
    public var hint: String? { nil }
}

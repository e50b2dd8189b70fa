import Engine

/// What the authorization endpoint sends the browser back with.
///
/// Start from one of the constants and edit its parameters:
/// `.approve.setting("state", to: "wrong")`, `.deny.removing("iss")`, `.approve.doubling("code")`.
public struct ConsentAnswer: Sendable {
    enum Decision: Sendable {
        case approve
        case error(code: String, description: String?)
        case ignore
    }

    private enum Edit: Sendable {
        case set(String, String)
        case remove(String)
        case double(String, String?)
    }

    let decision: Decision
    private var edits: [Edit] = []

    private init(_ decision: Decision) { self.decision = decision }

    /// The user approves: a code, the state, and the issuer.
    public static let approve = ConsentAnswer(.approve)
    /// The user declines.
    public static let deny = error("access_denied")
    /// A page that sends the browser nowhere.
    public static let ignore = ConsentAnswer(.ignore)

    /// The server refuses with a code of RFC 6749 §4.1.2.1, or with any other.
    public static func error(_ code: String, description: String? = nil) -> ConsentAnswer {
        ConsentAnswer(.error(code: code, description: description))
    }

    /// The same with a parameter replaced, or added where there was none.
    public func setting(_ name: String, to value: String) -> ConsentAnswer {
        edited(.set(name, value))
    }

    /// The same without a parameter.
    public func removing(_ name: String) -> ConsentAnswer { edited(.remove(name)) }

    /// The same with a parameter a second time, with its own value or another.
    public func doubling(_ name: String, with value: String? = nil) -> ConsentAnswer {
        edited(.double(name, value))
    }

    private func edited(_ edit: Edit) -> ConsentAnswer {
        var answer = self
        answer.edits.append(edit)
        return answer
    }

    /// The parameters as the edits leave them.
    func apply(to parameters: [(String, String)]) -> [(String, String)] {
        edits.reduce(into: parameters) { parameters, edit in
            switch edit {
            case .set(let name, let value):
                let place = parameters.firstIndex { $0.0 == name }
                if let place {
                    parameters[place].1 = value
                } else {
                    parameters.append((name, value))
                }
            case .remove(let name): parameters.removeAll { $0.0 == name }
            case .double(let name, let value):
                let own = parameters.first { $0.0 == name }?.1
                parameters.append((name, value ?? own ?? ""))
            }
        }
    }
}

/// How a user proves to a provider who he is; one flow serves every way.
public struct Authentication: Sendable, Equatable {
    enum Method: Sendable, Equatable {
        case authorizationCode(clientID: String)
        case deviceCode(clientID: String)
        case keys([KeyField], KeyUse, page: String?)
    }

    let method: Method

    /// The authorization code grant of a public client with PKCE over a loopback redirect (RFC
    /// 6749 §4.1, RFC 7636, RFC 8252).
    ///
    /// There is no secret to declare: a program on a laptop cannot keep one (RFC 8252 §8.5).
    public static func authorizationCode(clientID: String) -> Authentication {
        Authentication(method: .authorizationCode(clientID: clientID))
    }

    /// The device authorization grant of a public client, whose user types a code on any device
    /// (RFC 8628).
    public static func deviceCode(clientID: String) -> Authentication {
        Authentication(method: .deviceCode(clientID: clientID))
    }

    /// Keys that the user makes at the service and pastes, in the order in which they are asked for.
    ///
    /// `use` says how a request carries one of them; `page` is the address at which they are made.
    public static func keys(
        _ fields: [KeyField], use: KeyUse, page: String? = nil
    ) -> Authentication {
        Authentication(method: .keys(fields, use, page: page))
    }

    /// The client that OAuth knows; nil where keys are pasted.
    package var clientID: String? {
        switch method {
        case .authorizationCode(let clientID), .deviceCode(let clientID): clientID
        case .keys: nil
        }
    }

    /// By which grant a login goes; that of a code where keys are pasted.
    package var flow: AuthorizationFlow {
        if case .deviceCode = method { .device } else { .code }
    }

    /// The keys to paste; none where OAuth is used.
    package var keyFields: [KeyField] {
        if case .keys(let fields, _, _) = method { fields } else { [] }
    }

    /// Whether each key has a name of its own and one of them is the one that requests carry.
    var asksForWhatItUses: Bool {
        guard case .keys(let fields, let use, _) = method else { return true }
        let names = fields.map(\.name)
        return Set(names).count == names.count && !names.contains("") && names.contains(use.field)
    }

    /// How requests carry the key; nil where OAuth is used.
    package var keyUse: KeyUse? {
        if case .keys(_, let use, _) = method { use } else { nil }
    }

    /// How a request carries the key that stands for a login: a bearer token unless declared
    /// otherwise (RFC 6750 §2.1).
    package var use: KeyUse { keyUse ?? .bearer(field: "") }

    /// The address at which keys are made, where it is known.
    package var keyPage: String? {
        if case .keys(_, _, let page) = method { page } else { nil }
    }

    /// Where the value stands that deliveries are verified with; nil where none is pasted.
    package var deliveryField: KeyField? { keyFields.first(where: \.verifiesDeliveries) }
}

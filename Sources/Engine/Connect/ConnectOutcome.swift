/// How a successful `connect` ended.
package struct ConnectOutcome: Sendable {
    package enum Provision: Sendable, Equatable {
        case done(ProvisionReply)
        case failed(error: String, hint: String?)
        case skipped(String)
    }

    /// What was granted; nil when the login was skipped.
    package struct Granted: Sendable {
        package let host: URL
        /// Nil of pasted keys, as are the scopes.
        package let issuer: String?
        package let scopes: [Scope]?
        package let fields: [String: JSONValue]
        package let expiresAt: String?
    }

    package let providerID: ProviderID
    package let instance: URL
    package let granted: Granted?
    package let provision: Provision
    package let loop: LoopReply
    package let scopeGap: [String]
    package let missingFeatures: [String]
    package let notes: [String]

    package var verdict: Verdict {
        if case .done = provision { .connected } else { .connectedNoProvision }
    }

    /// The one document of `--json`.
    package var json: JSONValue {
        [
            "ok": true, "verdict": .string(verdict.rawValue),
            "providerId": .string(providerID.rawValue),
            "instance": .string(instance.withoutTrailingSlash),
            providerID.rawValue: granted?.json ?? .null,
            "credential": credential,
            "provision": provision.json, "loop": loop.json,
            "scopeGap": .array(scopeGap.map { .string($0) }),
            "missingFeatures": .array(missingFeatures.map { .string($0) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }
}

extension ConnectOutcome {
    private var credential: JSONValue {
        var members: [String: JSONValue] = [
            "stored": .bool(granted != nil),
            "expiresAt": granted?.expiresAt.map { .string($0) } ?? .null,
        ]
        if granted?.isOfKeys == true { members["kind"] = "api_key" }
        return .object(members)
    }
}

extension ConnectOutcome.Granted {
    fileprivate var isOfKeys: Bool { scopes == nil }

    fileprivate var json: JSONValue {
        var members = fields
        members["privateHost"] = .string(host.withoutTrailingSlash)
        members["issuer"] = issuer.map { .string($0) }
        members["scopes"] = scopes.map { .string($0.joined) }
        return .object(members)
    }
}

extension ConnectOutcome.Provision {
    fileprivate var json: JSONValue {
        switch self {
        case .done(let reply):
            var members = reply.json.object ?? [:]
            members["provisioned"] = nil
            members["attempted"] = true
            members["ok"] = true
            return .object(members)
        case .failed(let error, let hint):
            return [
                "attempted": true, "ok": false, "error": .string(error),
                "hint": hint.map { .string($0) } ?? .null,
            ]
        case .skipped(let reason): return ["attempted": false, "skipped": .string(reason)]
        }
    }
}

import Engine

/// Whether what an author wrote is what the engine reads: a member of another type than the
/// protocol's compiles, and is another member.
enum MemberChecks {
    /// The protocol's members that a provider may store, and their types.
    static let types: [String: any Any.Type] = [
        "id": ProviderID.self, "name": String.self, "hosts": [ProviderHost].self,
        "authentication": Authentication.self, "discovery": Discovery.self, "scopes": [Scope].self,
        "redirectPorts": [UInt16].self, "callbackPath": String.self,
        "redirectHost": RedirectHost.self, "authorizationParameters": [String: String].self,
        "endpointHosts": [String].self, "grantFields": [GrantField].self,
        "requiresRefreshToken": Bool.self, "refreshTokenIdleLimit": Duration?.self,
        "revocation": Revocation.self, "unsupportedHint": String?.self,
        "routes": ProviderRoutes?.self, "webhook": WebhookSource?.self,
        "webhookCollection": WebhookCollection?.self, "features": [Feature].self,
        "commands": [ProviderCommand].self, "variables": [ProviderVariable].self,
    ]

    static let all: [ContractCheck] = [
        ContractCheck("declaration.members", "each stored member is the one that the engine reads")
        { subject in
            for (name, value) in Mirror(reflecting: subject.declared).children {
                guard let name, let wanted = types[name] else { continue }
                let found = type(of: value)
                try demand(
                    found == wanted,
                    "'\(name)' is of the type \(found), so the engine's, \(wanted), is not set")
            }
        }
    ]
}

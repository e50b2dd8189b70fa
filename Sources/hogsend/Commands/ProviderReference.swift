import Engine

/// A provider's reference page, from its declaration alone.
struct ProviderReference {
    let provider: any Provider
    /// For routes that keep a client; none of them is called.
    let client: any HTTPClient

    var markdown: String {
        let parts: [String?] = [
            "# \(provider.name)", authentication, keys, hosts, redirects, scopes, grant, features,
            webhook, collection, variables, verbs, routes,
        ]
        return parts.compactMap { $0 }.joined(separator: "\n\n")
    }

    private var authentication: String {
        let header = provider.authentication.keyHeader.map { " Requests carry `\($0)`." } ?? ""
        let page = provider.revocation.page.map {
            " It ends at \(provider.name) under \($0)."
        }
        let connect = "`hogsend connect \(provider.id)` connects."
        return "\(provider.authentication.words)\(header) \(connect)\(page ?? "")"
    }

    private var keys: String? {
        table(
            "Keys", ["name in a key file", "what it is", "rule", "hidden"],
            provider.authentication.keyFields.map {
                ["`\($0.name)`", $0.label, $0.rule.words, $0.isSecret ? "yes" : "no"]
            })
    }

    private var hosts: String? {
        let hasAPI = provider.hosts.contains { $0.api != nil }
        return table(
            "Hosts", ["address", "name"] + (hasAPI ? ["API"] : []),
            provider.hosts.map { host in
                ["`\(host.address)`", host.name]
                    + (hasAPI ? ["`\(host.api ?? host.address)`"] : [])
            })
    }

    private var redirects: String? {
        guard provider.authentication.usesAuthorizationCode else { return nil }
        let note = provider.redirectPorts.isEmpty ? " (any port)" : ""
        return list("Redirect URIs", provider.redirectURIs.map { "`\($0)`\(note)" })
    }

    private var scopes: String? {
        list("Scopes", provider.scopes.map { "`\($0.rawValue)`" })
    }

    private var grant: String? {
        let parameters = provider.authorizationParameters.sorted { $0.key < $1.key }
        let idle = provider.refreshTokenIdleLimit.map { limit in
            limit < .seconds(2 * 86_400)
                ? limit.inWords : "\(Int(limit / .seconds(86_400))) days"
        }
        return list(
            "The grant",
            parameters.map { "Consent is asked for with `\($0.key)=\($0.value)`." }
                + provider.grantFields.map { "`\($0.member)` is kept as `\($0.name)`." }
                + (provider.requiresRefreshToken || !usesOAuth
                    ? [] : ["It may lack a refresh token, and then ends with its access token."])
                + (idle.map { ["A refresh token that is not used for \($0) is forgotten."] }
                    ?? []))
    }

    private var usesOAuth: Bool { provider.authentication.clientID != nil }

    private var features: String? {
        let unused = provider.scopes.filter { !provider.featureScopes.contains($0) }
        let rows = provider.features.map { [$0.name, Self.code($0.scopes.map(\.rawValue))] }
        guard let table = table("Features", ["feature", "scopes that it needs"], rows) else {
            return nil
        }
        guard !unused.isEmpty else { return table }
        return table + "\n\nNo feature needs yet: \(Self.code(unused.map(\.rawValue)))."
    }

    private var webhook: String? {
        provider.webhook.map { source in
            (["## Deliveries", "To `\(APIPath.webhook(provider.id))` of the instance."]
                + source.words(
                    pasted: provider.authentication.deliveryField,
                    hasVariables: !provider.variables.isEmpty)).joined(separator: "\n\n")
        }
    }

    private var collection: String? {
        provider.webhookCollection.map { collection in
            let creation = JSONValue.object(collection.creation).encoded()
            let made =
                collection.creation.isEmpty
                ? "" : " One is made with `\(String(decoding: creation, as: UTF8.self))`."
            let ended = collection.active.map {
                " One that is off has `\($0.shown(false))` at `\($0.path)`."
            }
            return "## Webhooks\n\nKept at `\(collection.path)` of \(provider.name)'s API, known by"
                + " `\(collection.address)`.\(made)\(ended ?? " One can only be deleted.")"
        }
    }

    private var variables: String? {
        table(
            "Variables of the instance", ["variable", "meaning"],
            provider.variables.map {
                ["`\($0.name)`", $0.summary + ($0.isSecret ? " (secret)" : "")]
            })
    }

    private var verbs: String? {
        table(
            "Verbs", ["command", "what it does"],
            provider.commands.map { verb in
                let usage = ProviderVerb(provider: provider, verb: verb).usage
                let flags = verb.flags.map { flag in
                    " [\(flag.name)\(flag.value.map { " \($0)" } ?? "")]"
                }
                return ["`hogsend \(usage)\(flags.joined())`", verb.summary]
            })
    }

    // MARK: Markdown

    private func table(_ title: String, _ head: [String], _ rows: [[String]]) -> String? {
        if rows.isEmpty { return nil }
        let lines = ([head, head.map { _ in "---" }] + rows).map { cells in
            "| \(cells.map(Self.cell).joined(separator: " | ")) |"
        }
        return "## \(title)\n\n" + lines.joined(separator: "\n")
    }

    private func list(_ title: String, _ items: [String]) -> String? {
        items.isEmpty
            ? nil : "## \(title)\n\n" + items.map { "- \($0)" }.joined(separator: "\n")
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static func code(_ words: [String]) -> String {
        words.map { "`\($0)`" }.joined(separator: " ")
    }
}

extension ProviderReference {
    /// Its own paths, and those that the instance has for every provider.
    private var routes: String? {
        let id = provider.id
        let paths = [ProviderRoutes.standard(id)] + (provider.routes.map { [$0] } ?? [])
        let common =
            paths.flatMap { [("GET", $0.connectInfo), ("POST", $0.provision)] } + [
                ("GET", APIPath.drift(id)), ("POST", APIPath.disconnect(id)),
            ]
        let delivery =
            provider.webhook == nil
            ? [] : [("POST", APIPath.verify(id)), ("POST", APIPath.webhook(id))]
        let document =
            provider.isKnownByDocument ? [("GET", ClientMetadata.path(id))] : []
        return list("Routes", (common + delivery + document + own).map { "`\($0) \($1)`" })
    }

    private var own: [(String, String)] {
        let access = ProviderAccess(
            configuration: ProviderConfiguration(), client: client,
            service: { () async throws(NoAccess) in throw .noCredential })
        return provider.adminRoutes(access).flatMap { route in
            let path = "/v1/admin/providers/\(provider.id)/\(route.path)"
            return ([path] + (route.alias.map { [$0] } ?? [])).map { (route.method, $0) }
        }
    }
}

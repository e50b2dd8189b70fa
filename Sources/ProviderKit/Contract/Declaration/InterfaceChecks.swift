import Engine

/// What a provider adds to the instance, the command line and the environment.
enum InterfaceChecks {
    static let all: [ContractCheck] =
        [
            ContractCheck("declaration.routes", "older paths stand below /v1/admin/") {
                let paths = $0.declared.routes.map { [$0.connectInfo, $0.provision] } ?? []
                try DeclarationChecks.unique(paths, "path")
                for path in paths { try demand(path.isAdminPath, "'\(path)' does not") }
            },
            ContractCheck("declaration.admin-routes", "each route has a method and a clean path") {
                let routes = routes(of: $0.declared)
                try DeclarationChecks.unique(
                    routes.map { "\($0.method) \($0.path)" }, "route")
                for route in routes {
                    try demand(
                        ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(route.method),
                        "'\(route.method)' is no method")
                    try demand(
                        "/v1/admin/providers/x/\(route.path)".isAdminPath,
                        "'\(route.path)' is no path")
                }
            },
            ContractCheck("declaration.admin-routes.aliases", "an older path is an admin path") {
                let aliases = routes(of: $0.declared).compactMap(\.alias)
                for path in aliases { try demand(path.isAdminPath, "'\(path)' is not") }
            },
            ContractCheck(
                "declaration.commands.words", "a verb is lower-case words, each verb once"
            ) {
                let verbs = $0.declared.commands.map { $0.words.joined(separator: " ") }
                try DeclarationChecks.unique(verbs, "verb")
                let words = $0.declared.commands.flatMap { $0.words + $0.arguments }
                for word in words { try demand(word.isVerb, "'\(word)' is no such word") }
                try demand($0.declared.commands.allSatisfy { !$0.words.isEmpty }, "one has none")
            },
            ContractCheck(
                "declaration.commands.flags", "an option has hyphens and is not everybody's"
            ) {
                let globals: Set = [
                    "--url", "--admin-key", "--admin-key-file", "--json", "--help", "-h",
                    "--version",
                ]
                for command in $0.declared.commands {
                    let names = command.flags.map(\.name)
                    try DeclarationChecks.unique(names, "option")
                    for name in names {
                        try demand(
                            name.hasPrefix("--") && String(name.dropFirst(2)).isVerb
                                && !globals.contains(name), "'\(name)' is none")
                    }
                }
            },
            ContractCheck("declaration.commands.help", "each verb and option is told in one line") {
                for command in $0.declared.commands {
                    let texts = [command.summary] + command.flags.map(\.help)
                    for text in texts { try demand(text.isLine(100), "'\(text)' is none") }
                }
            },
        ] + variables + webhooks

    private static let variables: [ContractCheck] = [
        ContractCheck("declaration.variables.names", "a variable's name begins with the id's") {
            let start = $0.declared.id.rawValue.uppercased().replacing("-", with: "_") + "_"
            for name in $0.declared.variables.map(\.name) {
                try demand(name.hasPrefix(start) && name.isVariable, "'\(name)' does not")
            }
        },
        ContractCheck("declaration.variables.told", "each variable is told once, in one line") {
            try DeclarationChecks.unique($0.declared.variables.map(\.name), "variable")
            for variable in $0.declared.variables {
                try demand(variable.summary.isLine(200), "'\(variable.name)' is not")
            }
        },
        ContractCheck("declaration.variables.none", "an empty environment will do, and says none") {
            let found: ProviderConfiguration
            do throws(ConfigurationError) {
                found = try $0.declared.configuration(in: Environment([:]))
            } catch {
                throw Broken(error.description)
            }
            try demand(
                found.webhookSecret == nil && found.personalKey == nil
                    && found.previousWebhookSecret == nil, "it holds a secret")
        },
        ContractCheck("declaration.variables.info", "no secret is among what everybody is shown") {
            let names = $0.declared.variables.filter(\.isSecret).map(\.name)
            guard !names.isEmpty else { throw NotApplicable("it declares no secret variable") }
            let (found, secrets) = try configured($0.declared, names)
            let shown = JSONValue.object(found.connectInfo).encodedText
            try demand(!secrets.contains { shown.contains($0) }, "one is")
        },
    ]

    /// What a provider makes of secrets in the first shape that it takes, and these secrets.
    private static func configured(
        _ provider: any Provider, _ names: [String]
    ) throws -> (ProviderConfiguration, [String]) {
        let shapes: [([UInt8]) -> String] = [
            { "hunter2" + Hex.encode($0) }, { Hex.encode($0) }, { "whsec_" + Base64.encode($0) },
        ]
        var reason = ""
        for shape in shapes {
            let secrets = try names.map { shape(try SHA256.hash(Array($0.utf8))) }
            let values = Dictionary(zip(names, secrets)) { $1 }
            do throws(ConfigurationError) {
                return (try provider.configuration(in: Environment(values)), secrets)
            } catch {
                reason = error.description
            }
        }
        throw NotApplicable("it takes no secret that was made up: \(reason)")
    }

    private static let webhooks: [ContractCheck] = [
        ContractCheck("declaration.webhook.paths", "each place in a delivery is named") {
            guard let source = $0.declared.webhook else { throw noWebhook }
            let places: [JSONPath?] = [
                source.id, source.event, source.userID, source.occurredAt, source.properties,
                source.personProperties, source.skippedWhenFalse,
            ]
            let others = source.otherEvents + source.otherUserIDs
            let paths =
                places.compactMap { $0 } + others.map(\.path) + source.replies.map(\.path)
            for path in paths {
                try demand(
                    !path.names.isEmpty && path.names.allSatisfy { !$0.isEmpty },
                    "'\(path)' has no name")
            }
        },
        ContractCheck("declaration.webhook.headers", "each header of a proof can be one") {
            guard let source = $0.declared.webhook else { throw noWebhook }
            for proof in [source.verification, source.signature].compactMap({ $0 }) {
                for name in proof.headers { try demand(name.isToken, "'\(name)' cannot") }
            }
        },
        ContractCheck(
            "declaration.webhook.tolerance", "a signed time may be off by an hour at most"
        ) {
            guard let source = $0.declared.webhook else { throw noWebhook }
            for proof in [source.verification, source.signature].compactMap({ $0 }) {
                try demand(
                    (.seconds(1) ... .seconds(3600)).contains(proof.tolerance),
                    "\(proof.tolerance) is none or more")
            }
        },
        ContractCheck("declaration.webhook.minting", "a secret is made only where one can be") {
            guard let source = $0.declared.webhook else { throw noWebhook }
            if source.verification.isSignedByService {
                try demand(!source.mintsSecret, "a public key is the service's")
            }
        },
    ]

    static let noWebhook = NotApplicable("its service sends no deliveries")

    static func routes(of provider: any Provider) -> [AdminRoute] {
        provider.adminRoutes(
            ProviderAccess(
                configuration: ProviderConfiguration(), client: ScriptedHTTPClient([])
            ) { () async throws(NoAccess) in throw .noCredential })
    }
}

extension String {
    fileprivate var isAdminPath: Bool {
        hasPrefix("/v1/admin/") && !contains("//") && !hasSuffix("/")
            && utf8.allSatisfy { (0x21...0x7E).contains($0) && !"?#\"<>\\".utf8.contains($0) }
    }

    fileprivate var isVerb: Bool {
        !isEmpty && !hasPrefix("-")
            && utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }

    fileprivate var isVariable: Bool {
        utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
    }
}

import Engine

/// A collection of webhooks that can be set up by what is declared.
enum CollectionChecks {
    private static func check(
        _ id: String, _ claim: String,
        _ body: @escaping @Sendable (WebhookCollection, ContractSubject) throws -> Void
    ) -> ContractCheck {
        ContractCheck("declaration.collection.\(id)", claim) { subject in
            guard let collection = subject.declared.webhookCollection else {
                throw NotApplicable("it has no collection of webhooks")
            }
            try body(collection, subject)
        }
    }

    static let all: [ContractCheck] = [
        check("path", "a collection of webhooks stands at a path of the host") { collection, _ in
            let path = collection.path
            try demand(
                path.hasPrefix("/") && path.isLine(200) && !path.contains { "?#".contains($0) },
                "'\(path)' is none")
        },
        check("webhook", "a provider that has one declares its deliveries") { _, subject in
            try demand(subject.declared.webhook != nil, "'webhook' is not declared")
        },
        check("secret", "the secret of its deliveries gets from one side to the other") {
            collection, subject in
            let isSet =
                !subject.declared.variables.isEmpty
                || subject.declared.authentication.deliveryField != nil
            guard subject.declared.webhook?.mintsSecret == true else {
                return try demand(
                    collection.secret != nil || isSet, "nobody says what the service's is")
            }
            try demand(collection.secret != nil, "the collection takes none")
        },
    ]
}

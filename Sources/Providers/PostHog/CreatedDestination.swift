import Engine

/// How a destination that did not exist before is kept: it is not deleted but disabled again.
enum CreatedDestination {
    static let field = "created"

    /// One that is about to be made; whether it was is not known until its id is.
    static func coming(_ desired: DesiredDestination, _ list: DestinationList) -> PriorValue {
        PriorValue(
            object: list.object(""), field: field, before: .null,
            after: [
                "url": .string(desired.url),
                "secret": desired.secret.map { .string($0.reveal()) } ?? .null,
            ])
    }

    static func made(_ id: String, _ list: DestinationList) -> PriorValue {
        PriorValue(object: list.object(id), field: field, before: .null, after: true)
    }

    /// The id of one that was made, though the answer did not arrive: nobody else knew the secret.
    static func find(
        _ coming: PriorValue, _ list: DestinationList
    ) async throws(ProvisionError) -> String? {
        guard let url = coming.after["url"]?.string, let secret = coming.after["secret"] else {
            return nil
        }
        return try await list.receivers(url).first { destination in
            let fields = DestinationFields(destination.json)
            return destination.url == url
                && fields["headers.\(WebhookSource.postHogHeader)"] == secret
        }?.id
    }
}

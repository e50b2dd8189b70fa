import Engine

/// What our destination should be, and how one that is there differs from it.
///
/// It is made of values alone: comparing and mending send nothing.
struct DesiredDestination {
    typealias Change = ProvisionPlan.Change

    let url: String
    /// Nil while one has yet to be minted; every header then differs.
    let secret: Secret?
    var signing: WebhookSigning?

    /// Whether PostHog takes a text as it is: in inputs braces enclose code.
    static func isPlain(_ text: String) -> Bool {
        !text.contains { $0 == "{" || $0 == "}" || $0 == "\\" }
    }

    /// Every difference; none means that nothing is to be written.
    func changes(in destination: Destination) -> [Change] {
        let json = destination.json
        var changes = DestinationInputs(json["inputs"]).changes(url: url, secret: secret)
        changes += DestinationFilters(json["filters"]).changes
        changes += DestinationProgram(json).changes
        changes += [signingChange(in: destination)].compactMap { $0 }
        return changes + enabling(destination.isEnabled ? "true" : "false")
    }

    /// What a write did not bring about, as it reads back.
    func missing(in written: Destination) -> [Change] {
        changes(in: written).filter { $0.field != DestinationInputs.signing || !isSigned(written) }
    }

    // MARK: Signing

    /// Whether it keeps a signing secret.
    ///
    /// Its value is shown to nobody; older servers, and destinations of an older template, drop it
    /// without a word.
    func isSigned(_ destination: Destination) -> Bool {
        signing != nil && DestinationProgram(destination.json).takesSigningSecret
            && DestinationInputs(destination.json["inputs"]).keepsSigningSecret
    }

    private func signingChange(in destination: Destination) -> Change? {
        guard let signing, DestinationProgram(destination.json).takesSigningSecret else {
            return nil
        }
        let isKept = isSigned(destination)
        if isKept, signing.object == destination.id { return nil }
        return Change(
            DestinationInputs.signing, from: isKept ? Shown.redacted : nil, to: Shown.redacted)
    }

    /// The differences from nothing.
    var changesOfCreation: [Change] {
        DestinationInputs(nil).changes(url: url, secret: secret) + DestinationFilters(nil).changes
            + enabling(nil)
    }

    private func enabling(_ current: String?) -> [Change] {
        current == "true" ? [] : [Change("enabled", from: current, to: "true")]
    }

    /// The body of a `PATCH`: PostHog replaces `inputs` and `filters` whole, so both go whole.
    ///
    /// Name, description and whatever else the user may have set are left out and so stay.
    func patch(of destination: Destination) -> JSONValue {
        let json = destination.json
        var members = DestinationProgram(json).mended
        let newSigning = signingChange(in: destination) == nil ? nil : signing?.secret
        members["inputs"] = DestinationInputs(json["inputs"])
            .mended(url: url, secret: secret, signing: newSigning)
        members["filters"] = DestinationFilters(json["filters"]).mended
        members["enabled"] = true
        return .object(members)
    }

    /// The body of the `POST` that makes one.
    ///
    /// No input is left out: PostHog fills in none, and without a body it would post nothing.
    var creation: JSONValue {
        var inputs = DestinationInputs(nil)
        inputs.entries["debug"] = ["value": false]
        return [
            "type": "destination", "template_id": "template-webhook", "name": "Hogsend",
            "description": "Posts identified events to Hogsend; made by `hogsend connect posthog`",
            "enabled": true,
            "inputs": inputs.mended(url: url, secret: secret, signing: signing?.secret),
            "filters": DestinationFilters(nil).mended,
        ]
    }
}

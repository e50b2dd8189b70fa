/// How the making of a webhook is kept: its address stands for the id that it has yet to get.
struct WebhookCreation {
    /// No place in a document has such a name; `created` alone is what earlier versions kept.
    private static let name = "created"
    private static let prefix = "created/"

    let address: String
    /// The ids of all that posted to the address before, of which none is the one that was made.
    let listed: [String]
    /// The latest one that was noted as made before.
    let noted: Secret?
    private let field = prefix + UUID().uuidString

    init(address: String, listed: [String], noted: Secret?) {
        self.address = address
        self.listed = listed
        self.noted = noted
    }

    var value: PriorValue {
        PriorValue(
            object: address, field: field,
            before: ["noted": Self.member(noted), "listed": .array(listed.map { .string($0) })],
            after: true)
    }

    /// That it came to nothing.
    var refusal: PriorValue {
        PriorValue(object: address, field: field, before: true, after: nil)
    }

    static func isField(_ field: String) -> Bool { field == name || field.hasPrefix(prefix) }

    private static func member(_ id: Secret?) -> JSONValue {
        id.map { .string($0.reveal()) } ?? .null
    }

    /// Those that came to something, or may have, the oldest first.
    private static func open(_ values: [PriorValue]) -> [PriorValue] {
        let fields = values.filter { isField($0.field) }
        let refused = fields.filter { $0.after != true }.map(\.field)
        return fields.filter { !refused.contains($0.field) }
    }

    /// Where those that a change has made were to deliver.
    static func places(_ values: [PriorValue]) -> Set<Substring> {
        Set(open(values).map { WebhookAddress($0.object).place })
    }

    /// Those of all that a change has made, as far as that is known.
    ///
    /// A run that came to its end has noted the id. Of one that did not, it is what posts to its
    /// address and was not there before, or of that the one whose secret is known.
    static func made(
        _ values: [PriorValue], _ derived: [String: Secret], among all: [ListedWebhook]
    ) -> [ListedWebhook] {
        let open = open(values)
        guard let first = open.first, let last = open.last else { return [] }
        let before = first.before.object == nil ? first.before : first.before["noted"] ?? .null
        let isNoted = before != member(derived[WebhookKeeping.madeMember])
        let end = isNoted ? WebhookAddress(last.object).place : nil
        let guessed = places(values).subtracting([end].compactMap(\.self)).flatMap { place in
            new(at: place, open, derived, all)
        }
        return all.filter { webhook in
            guessed.contains(webhook)
                || isNoted && derived[WebhookKeeping.madeMember] == Secret(webhook.id)
        }
    }

    private static func new(
        at place: Substring, _ open: [PriorValue], _ derived: [String: Secret],
        _ all: [ListedWebhook]
    ) -> [ListedWebhook] {
        let first = open.first { WebhookAddress($0.object).place == place }
        let listed = first?.before["listed"]?.array ?? []
        let new = all.filter { $0.place == place && !listed.contains(.string($0.id)) }
        let known = new.filter { derived[WebhookKeeping.knownMember] == Secret($0.id) }
        return known.isEmpty ? new : known
    }
}

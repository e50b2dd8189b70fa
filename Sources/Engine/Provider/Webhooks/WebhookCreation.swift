/// How the making of a webhook is kept: its address stands for the id that it has yet to get.
struct WebhookCreation {
    private static let prefix = "created."

    let address: String
    /// The ids of all that were there before, of which none is the one that was made.
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

    static func isField(_ field: String) -> Bool { field.hasPrefix(prefix) }

    private static func member(_ id: Secret?) -> JSONValue {
        id.map { .string($0.reveal()) } ?? .null
    }

    /// The first that came to something, or may have.
    static func first(of values: [PriorValue]) -> PriorValue? {
        let fields = values.filter { isField($0.field) }
        let refused = fields.filter { $0.after != true }.map(\.field)
        return fields.first { !refused.contains($0.field) }
    }

    /// Those of all that a change has made, as far as that is known.
    ///
    /// A run that came to its end has noted the id. Of others it is what posts to the address and was
    /// not there before the first of them, or of that the one whose secret is known.
    static func made(
        _ values: [PriorValue], _ derived: [String: Secret], among all: [ListedWebhook]
    ) -> [ListedWebhook] {
        guard let first = first(of: values) else { return [] }
        func isMember(_ name: String) -> (ListedWebhook) -> Bool {
            { derived[name] == Secret($0.id) }
        }
        if first.before["noted"] != member(derived[WebhookKeeping.madeMember]) {
            return all.filter(isMember(WebhookKeeping.madeMember))
        }
        let listed = first.before["listed"]?.array ?? []
        let new = all.filter {
            $0.place == WebhookAddress(first.object).place && !listed.contains(.string($0.id))
        }
        let known = new.filter(isMember(WebhookKeeping.knownMember))
        return known.isEmpty ? new : known
    }
}

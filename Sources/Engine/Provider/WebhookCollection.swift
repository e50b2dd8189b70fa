/// The webhooks that a service keeps for an account as a REST collection, as data.
///
/// A provider that declares one plans, applies, undoes and removes by it: `GET` of the path lists
/// all in one answer, `POST` to it makes one, and `<path>/<id>` is changed and deleted. One whose
/// service gives out the secret itself, or lists in pages, writes these functions by hand.
public struct WebhookCollection: Sendable, Equatable {
    /// How one is changed.
    public enum Update: String, Sendable {
        /// By the members that change (RFC 5789).
        case patch = "PATCH"
        /// By the whole of it, as it was listed but for what changes (RFC 9110 §9.3.4).
        case put = "PUT"
        /// By the members that change, as some services have it.
        case post = "POST"
    }

    /// The member that says whether one delivers.
    public struct Flag: Sendable, Equatable, ExpressibleByArrayLiteral {
        /// Where it stands in one.
        public let path: JSONPath
        /// Its value in one that delivers.
        public let on: JSONValue
        /// Its value in one that does not.
        public let off: JSONValue

        /// Describes a member; one whose value is neither counts as not delivering.
        public init(_ path: JSONPath, on: JSONValue = true, off: JSONValue = false) {
            self.path = path
            self.on = on
            self.off = off
        }

        /// A member that is true in one that delivers, by a literal such as `["active"]`.
        public init(arrayLiteral elements: String...) { self.init(JSONPath(elements)) }
    }

    /// The collection's path below the host, from the slash on; one that ends in a slash has
    /// members that do.
    public let path: String
    /// Where the list stands in the answer; empty where the answer is the list.
    public let list: JSONPath
    /// Where the id, a text or a whole number, stands in one.
    public let id: JSONPath
    /// Where the address that it delivers to stands.
    public let address: JSONPath
    /// Where the secret is written, which need not be readable; nil where the service takes none.
    public let secret: JSONPath?
    /// What says whether it delivers; nil where the service can only delete one.
    public let active: Flag?
    /// What a new one is made with beside address and secret, such as its types of events.
    public let creation: [String: JSONValue]
    /// How one is changed.
    public let update: Update

    /// Describes a collection.
    public init(
        _ path: String, list: JSONPath = [], id: JSONPath = ["id"], address: JSONPath,
        secret: JSONPath?, active: Flag?, creation: [String: JSONValue] = [:],
        update: Update = .patch
    ) {
        self.path = path
        self.list = list
        self.id = id
        self.address = address
        self.secret = secret
        self.active = active
        self.creation = creation
        self.update = update
    }
}

/// One webhook of a collection, as it was listed.
struct ListedWebhook: Sendable, Equatable {
    let id: String
    let address: String
    let isActive: Bool
    let json: JSONValue

    var place: Substring { WebhookAddress(address).place }

    var duplicate: ProvisionPlan.Duplicate {
        .init(id: id, address: WebhookAddress(address).shown, isEnabled: isActive)
    }
}

extension WebhookCollection {
    /// Those in an answer that have an address; nil where there is no list, or one of them has no id
    /// that can stand in a path.
    func webhooks(in answer: JSONValue) -> [ListedWebhook]? {
        guard let list = answer.value(at: list)?.array else { return nil }
        var webhooks: [ListedWebhook] = []
        for json in list {
            guard let address = json.value(at: address)?.string else { continue }
            guard let id = id(of: json) else { return nil }
            let isActive = active.map { json.value(at: $0.path) == $0.on } ?? true
            webhooks.append(.init(id: id, address: address, isActive: isActive, json: json))
        }
        return webhooks
    }

    /// A stranger's text that would lead to another path is none.
    func id(of json: JSONValue) -> String? {
        let member = json.value(at: id)
        guard let id = member?.string ?? member?.integer.map(String.init),
            id.wholeMatch(of: /[A-Za-z0-9_~:-][A-Za-z0-9._~:-]*/) != nil
        else { return nil }
        return id
    }

    /// The path of one.
    func path(of id: String) -> String { path.hasSuffix("/") ? "\(path)\(id)/" : "\(path)/\(id)" }
}

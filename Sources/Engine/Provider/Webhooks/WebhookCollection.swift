/// The webhooks that a service keeps for an account as a REST collection, as data.
///
/// A provider that declares one plans, applies, undoes and removes by it: `GET` of the path lists
/// them, `POST` to it makes one, and `<path>/<id>` is changed and deleted.
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

        /// What a plan says for one that delivers, or does not.
        package func shown(_ isOn: Bool) -> String {
            let value = isOn ? on : off
            return value.string ?? String(decoding: value.encoded(), as: UTF8.self)
        }

        /// A member that is true in one that delivers, by a literal such as `["active"]`.
        public init(arrayLiteral elements: String...) { self.init(JSONPath(elements)) }
    }

    /// The collection's path below the host, from the slash on; one that ends in a slash has
    /// members that do.
    public let path: String
    /// Where the list stands in the answer; empty where the answer is the list.
    public let list: JSONPath
    /// Where the answer says what comes next; nil where the list is one answer.
    public let next: NextPage?
    /// Where one stands in the body of a request; empty where the body is the webhook.
    public let sent: JSONPath
    /// Where one stands in the answer to such a request; empty where the answer is the webhook.
    public let answered: JSONPath
    /// Where the id, a text or a whole number, stands in one.
    public let id: JSONPath
    /// Where the address that it delivers to stands.
    public let address: JSONPath
    /// Where the secret is written, which need not be readable; nil where there is none.
    ///
    /// Where the service chooses it (``WebhookSource/mintsSecret``), this is where it stands in the
    /// answer to the request that makes one.
    public let secret: JSONPath?
    /// What says whether it delivers; nil where the service can only delete one.
    public let active: Flag?
    /// What a new one is made with beside address and secret, such as its types of events.
    public let creation: [String: JSONValue]
    /// How one is changed.
    public let update: Update

    /// Describes a collection.
    public init(
        _ path: String, list: JSONPath = [], next: NextPage? = nil, sent: JSONPath = [],
        answered: JSONPath = [], id: JSONPath = ["id"], address: JSONPath, secret: JSONPath?,
        active: Flag?, creation: [String: JSONValue] = [:], update: Update = .patch
    ) {
        self.path = path
        self.list = list
        self.next = next
        self.sent = sent
        self.answered = answered
        self.id = id
        self.address = address
        self.secret = secret
        self.active = active
        self.creation = creation
        self.update = update
    }
}

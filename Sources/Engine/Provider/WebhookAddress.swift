/// The address to which a service delivers, as the service spells it: any text.
public struct WebhookAddress: Sendable, Equatable {
    private let text: String

    /// Takes the text as it is.
    public init(_ text: String) { self.text = text }

    /// The address without what makes no difference to where it leads: query, fragment, and slashes
    /// at the end.
    public var place: Substring {
        var rest = text.prefix { $0 != "?" && $0 != "#" }
        while rest.hasSuffix("/") { rest.removeLast() }
        return rest
    }

    /// Its path, by which a receiver is known on whichever host; empty where there is none.
    public var path: Substring {
        guard let authority = place.firstRange(of: "://") else { return "" }
        return place[authority.upperBound...].drop { $0 != "/" }
    }

    /// One line for people, without what may hold a password or a key.
    public var shown: String {
        text.replacing(/\/\/[^\/@]*@/, with: "//").replacing(/[?#].*/, with: "?…")
            .sanitized(limit: 200)
    }
}

/// The address to which a service delivers, as the service spells it: any text.
public struct WebhookAddress: Sendable, Equatable {
    private let text: String

    /// Takes the text as it is.
    public init(_ text: String) { self.text = text }

    /// The address without what makes no difference to where it leads: query, fragment, slashes at
    /// the end, the case of scheme and host, and the scheme's own port (RFC 3986 §6.2).
    public var place: Substring {
        var rest = text.prefix { $0 != "?" && $0 != "#" }
        while rest.hasSuffix("/") { rest.removeLast() }
        guard let mark = rest.firstRange(of: "://") else { return rest }
        let scheme = rest[..<mark.lowerBound].lowercased()
        let authority = rest[mark.upperBound...].prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        return Substring("\(scheme)://\(Self.folded(authority, scheme))\(path)")
    }

    private static func folded(_ authority: Substring, _ scheme: String) -> String {
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
        let user = authority.prefix(upTo: (host ?? authority).startIndex)
        let folded = (host ?? authority).lowercased()
        let port = ["http": ":80", "https": ":443"][scheme] ?? ":"
        return String(user)
            + (folded.hasSuffix(port) ? String(folded.dropLast(port.count)) : folded)
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

/// Where a list that comes in pages says what comes next; nothing, null and an empty text end it.
public enum NextPage: Sendable, Equatable {
    /// The address of the next page, whole or relative (RFC 3986 §4.2).
    ///
    /// Its path and query alone count: the page is asked for from the grant's own host.
    case address(JSONPath)
    /// A text or a whole number, which the next request sends back as that parameter of its query.
    case cursor(JSONPath, parameter: String)

    var place: JSONPath {
        switch self {
        case .address(let place), .cursor(let place, _): place
        }
    }

    /// The next page's path below the host; nil for what is none.
    package func path(_ told: JSONValue, of collection: String, at list: URL) -> String? {
        guard let text = told.string ?? told.integer.map(String.init) else { return nil }
        if case .cursor(_, let parameter) = self {
            return "\(collection)?\(parameter.percentEncoded)=\(text.percentEncoded)"
        }
        guard let url = URL(string: text, relativeTo: list)?.absoluteURL else { return nil }
        let base = list.path(percentEncoded: true).dropLast(collection.utf8.count)
        let path = url.path(percentEncoded: true)
        guard path.hasPrefix(base), path.dropFirst(base.count).hasPrefix("/") else { return nil }
        return String(path.dropFirst(base.count))
            + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
    }
}

/// The places at which one thing of a delivery may stand, as columns of the row that was read.
struct DeliveryPlaces {
    private let name: String
    private let path: JSONPath
    private let others: [JSONPlace]

    /// The column of one of the other places.
    static func column(_ name: String, _ place: Int) -> String { "\(name)_\(place + 1)" }

    init(_ name: String, _ path: JSONPath, _ others: [JSONPlace]) {
        self.name = name
        self.path = path
        self.others = others
    }

    /// The first that has a text, else the first that has something else than a text, else the first.
    ///
    /// A text that no database keeps is one that is there: another would be another's.
    func found(in row: SQLRow) -> (name: String, path: JSONPath) {
        if others.isEmpty { return (name, path) }
        let all =
            [(name, JSONPlace(path))] + others.enumerated().map { (Self.column(name, $0), $1) }
        let place =
            all.first { name, place in hasText(row, name, place.prefix) }
            ?? all.first { name, place in
                place.prefix.isEmpty && ![nil, "null"].contains(row.deliveredType(name))
            }
        return place.map { ($0.0, $0.1.path) } ?? (name, path)
    }

    private func hasText(_ row: SQLRow, _ name: String, _ prefix: String) -> Bool {
        if row.deliveredType(name) == "broken" { return true }
        guard let text = row.deliveredText(name), !text.isEmpty else { return false }
        return text.utf8.starts(with: prefix.utf8)
    }
}

extension SQLRow {
    /// What type stands at the place of that name; nil for nothing.
    func deliveredType(_ name: String) -> String? { text(before: name) }

    /// The text in a column of that name; nil for what is neither a text nor a whole number.
    func deliveredText(_ name: String) -> String? {
        let type = deliveredType(name)
        return type == "text" || type == "integer" ? text(name) : nil
    }
}

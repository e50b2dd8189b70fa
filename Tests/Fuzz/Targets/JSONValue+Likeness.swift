import Engine

extension JSONValue {
    /// Equality in which 1e18 and 1.0 are integers and doubles alike, as they are in a JSON text.
    func isLike(_ other: JSONValue?) -> Bool {
        switch (self, other) {
        case (.integer(let left), .number(let right)): Double(left) == right
        case (.number(let left), .integer(let right)): left == Double(right)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isLike($1) }
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { $1.isLike(right[$0]) }
        default: self == other
        }
    }
}

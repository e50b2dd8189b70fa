extension JSONValue {
    /// A number of seconds, which servers send as numbers, fractions and texts; nil for nonsense.
    var seconds: Double? {
        let seconds: Double? =
            switch self {
            case .integer(let number): Double(number)
            case .number(let number): number
            case .string(let text): Double(text)
            default: nil
            }
        return seconds.flatMap { $0.isFinite ? $0 : nil }
    }
}

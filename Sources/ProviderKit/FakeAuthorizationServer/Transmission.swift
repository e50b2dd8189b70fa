/// How the bytes of an answer reach the client.
public enum Transmission: Sendable, Equatable {
    /// Whole and at once.
    case whole
    /// One byte after another, with a pause before each.
    case dripping(every: Duration)
    /// Up to a point at which the connection is closed.
    case cutOff(CutPoint)
    /// Not at all: the connection stays open until the client leaves.
    case silent

    /// Where an answer ends too early.
    public enum CutPoint: Sendable, Equatable {
        /// Before its first byte.
        case beforeHeaders
        /// After half of its headers.
        case inHeaders
        /// After half of its body.
        case inBody
    }
}

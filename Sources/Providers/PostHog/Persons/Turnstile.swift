/// Lets so many through at once, the others in the order in which they came.
///
/// It is a part of an actor, which guards it.
struct Turnstile {
    private let limit: Int
    private var inside = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ limit: Int) { self.limit = max(limit, 1) }

    /// Whether the caller may go at once; otherwise it must ``wait(_:)``.
    mutating func enter() -> Bool {
        guard inside < limit else { return false }
        inside += 1
        return true
    }

    /// Resumes the caller in its turn, which is then inside.
    mutating func wait(_ turn: CheckedContinuation<Void, Never>) { waiting.append(turn) }

    /// The next one takes the place of the one who leaves.
    mutating func leave() {
        if waiting.isEmpty { inside -= 1 } else { waiting.removeFirst().resume() }
    }
}

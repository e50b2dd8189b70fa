import Synchronization

/// How many bytes of bodies all connections of a server hold together.
///
/// Whoever sends has not shown yet that he may. Small bodies always find room, so that nobody shuts
/// others out with large ones that never end.
final class BodyRoom: Sendable {
    private let limit: Int
    private let smallBody: Int
    private let taken = Atomic(0)

    init(limit: Int, smallBody: Int) {
        self.limit = limit
        self.smallBody = smallBody
    }

    /// Whether a body that has come to `size` with its last `count` bytes may be held on to.
    func take(_ count: Int, of size: Int) -> Bool {
        let (_, all) = taken.add(count, ordering: .relaxed)
        if all <= limit || size <= smallBody { return true }
        giveBack(count)
        return false
    }

    func giveBack(_ count: Int) { taken.subtract(count, ordering: .relaxed) }
}

/// Removes events that were kept for long enough, now and then, one process at a time.
struct EventRetention: Sendable {
    private static let interval = Duration.seconds(3600)
    private static let lease = Duration.seconds(600)

    let database: any Database
    let days: Int
    let log: Log

    /// Works until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await removeOnce()
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// What is not done before the lease ends is done the next time.
    func removeOnce() async {
        do throws(DatabaseError) {
            let lock = try await database.lock(
                "event-retention", lease: Self.lease, patience: .milliseconds(1))
            await remove(lock)
            await lock.release()
        } catch {
            if case .lockTimedOut = error { return }
            log(.warning, "retention_failed", ["text": .text(error.description)])
        }
    }

    private func tell(_ removed: EventStore.Removed) {
        if removed.count > 0 {
            log(.info, "events_removed", ["count": .integer(removed.count)])
        }
        for (name, count) in removed.passedOver.sorted(by: { $0.key < $1.key }) {
            log(.warning, "events_passed_over", ["sink": .text(name), "count": .integer(count)])
        }
    }

    private func remove(_ lock: any DatabaseLock) async {
        let end = Date().addingTimeInterval(-86_400 * Double(days))
        do throws(DatabaseError) {
            let removed = try await EventStore(database).remove(arrivedBefore: end) {
                let isHeld = await lock.isHeld()
                return isHeld && !Task.isCancelled
            }
            tell(removed)
        } catch {
            log(.warning, "retention_failed", ["text": .text(error.description)])
        }
    }
}

/// Those who want to know when something was published; a slow one hears of many changes once.
final class ChangeListeners: Sendable {
    private let listeners = Locked<[UUID: AsyncStream<Void>.Continuation]?>([:])

    /// Ends when the listening task is cancelled or the database is closed.
    func stream() -> AsyncStream<Void> {
        let id = UUID()
        let (stream, listener) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let isOpen = listeners.withLock { listeners in
            listeners?[id] = listener
            return listeners != nil
        }
        if !isOpen { listener.finish() }
        // Held until it is over, which `end` sees to at the latest.
        listener.onTermination = { [listeners] _ in
            listeners.withLock { _ = $0?.removeValue(forKey: id) }
        }
        return stream
    }

    func tell() {
        for listener in listeners.withLock({ Array(($0 ?? [:]).values) }) { listener.yield() }
    }

    func end() {
        let ended = listeners.withLock { listeners in
            defer { listeners = nil }
            return Array((listeners ?? [:]).values)
        }
        for listener in ended { listener.finish() }
    }
}

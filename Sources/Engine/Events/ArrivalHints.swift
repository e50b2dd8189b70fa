/// Waits for new events: hints from here and from other processes, and a look now and then, since
/// hints may be lost.
struct ArrivalHints: Sendable {
    let store: EventStore
    /// Where this process itself stores events.
    var intake: EventIntake?
    var pause = Duration.milliseconds(500)

    /// Calls `look` at once and after each hint, until it answers false or the task is cancelled.
    func follow(_ look: () async -> Bool) async {
        let (hints, hint) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        var sources = [await store.changes()]
        if let intake { sources.append(intake.arrivals()) }
        let pause = pause
        await withTaskGroup(of: Void.self) { group in
            for source in sources {
                group.addTask { for await _ in source { hint.yield() } }
            }
            group.addTask {
                while !Task.isCancelled {
                    hint.yield()
                    try? await Task.sleep(for: pause)
                }
            }
            for await _ in hints where await !look() { break }
            group.cancelAll()
        }
    }
}

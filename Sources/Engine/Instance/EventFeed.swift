/// Events as they arrive, for one client that follows them (server-sent events, WHATWG HTML §9.2).
struct EventFeed: Sendable {
    /// Proxies and clients give up a connection that is silent for longer than some half a minute.
    private static let longestSilence = Duration.seconds(15)
    private static let batch = 100

    let intake: EventIntake
    let filter: EventFilter
    let stream: ResponseStream

    /// Writes what arrives after `cursor` until the client or the server ends the stream.
    ///
    /// While the database is away it says nothing but that it is still there.
    func run(after cursor: Int64) async {
        var cursor = cursor
        var spoke = ContinuousClock.now
        // The place alone is no message, but what a client that loses us comes back with.
        guard await stream.write("retry: 1000\nid: \(cursor)\n\n") else { return }
        await ArrivalHints(store: intake.store, intake: intake).follow {
            while let events = try? await next(after: cursor), let last = events.last {
                guard await stream.write(events.map(Self.message).joined()) else { return false }
                (cursor, spoke) = (last.cursor, .now)
            }
            if spoke.duration(to: .now) > Self.longestSilence {
                spoke = .now
                return await stream.write(": still here\n\n")
            }
            return !stream.isOver
        }
        stream.end()
    }

    private func next(after cursor: Int64) async throws -> [(cursor: Int64, json: String)] {
        try await intake.store.next(filter, after: cursor, limit: Self.batch)
    }

    /// JSON text of an event may hold line feeds between its tokens, each of which begins a line.
    private static func message(_ event: (cursor: Int64, json: String)) -> String {
        let lines = event.json.utf8.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        let data = lines.map { "data: \(Substring($0))\n" }.joined()
        return "id: \(event.cursor)\n\(data)\n"
    }
}

/// How many streams may be open at once; each looks at the database now and then.
final class StreamPlaces: Sendable {
    private let free: Locked<Int>

    init(_ count: Int) {
        free = Locked(count)
    }

    func take() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    func giveBack() {
        free.withLock { $0 += 1 }
    }
}

/// Events as they arrive, for one client that follows them (server-sent events, WHATWG HTML §9.2).
struct EventFeed: Sendable {
    /// Short enough that the place of a client that is gone is soon free.
    private static let longestSilence = Duration.seconds(5)
    private static let batch = 100
    private static let batchBytes = 4 << 20
    /// So much is handed to the connection at a time.
    private static let piece = 64 << 10

    let intake: EventIntake
    let filter: EventFilter
    let stream: ResponseStream
    let outage: Outage

    /// Where a client is, and when it was last spoken to.
    private struct Place {
        var cursor: Int64
        var spoke = ContinuousClock.now
    }

    /// Writes what arrives after `cursor` until the client or the server ends the stream.
    ///
    /// While the database is away it says nothing but that it is still there.
    func run(after cursor: Int64) async {
        var place = Place(cursor: cursor)
        // The place alone is no message, but what a client that loses us comes back with.
        guard await stream.write("retry: 1000\nid: \(cursor)\n\n") else { return }
        await ArrivalHints(store: intake.store, intake: intake).follow {
            do throws(DatabaseError) {
                guard try await goOn(&place) else { return false }
                outage.ends()
            } catch {
                outage.begins(error)
            }
            return await beat(&place)
        }
        stream.end()
    }

    /// Writes all that is there; false when nobody reads it.
    private func goOn(_ place: inout Place) async throws(DatabaseError) -> Bool {
        while true {
            let next = try await intake.store.next(
                filter, after: place.cursor, limit: Self.batch, bytes: Self.batchBytes)
            guard await write(next.events) else { return false }
            place.cursor = next.end
            if !next.events.isEmpty { place.spoke = .now }
            if next.isLast { return true }
        }
    }

    /// The client holds back who writes faster than it reads.
    private func write(_ events: [(cursor: Int64, json: String)]) async -> Bool {
        var text = ""
        for event in events {
            text += Self.message(event)
            guard text.utf8.count >= Self.piece else { continue }
            guard await stream.write(text) else { return false }
            text = ""
        }
        return text.isEmpty ? !stream.isOver : await stream.write(text)
    }

    /// With the place, which moves on also where nothing is like what was asked for.
    private func beat(_ place: inout Place) async -> Bool {
        guard place.spoke.duration(to: .now) >= Self.longestSilence else { return !stream.isOver }
        place.spoke = .now
        return await stream.write(": still here\nid: \(place.cursor)\n\n")
    }

    /// JSON text of an event may hold line feeds between its tokens, each of which begins a line.
    private static func message(_ event: (cursor: Int64, json: String)) -> String {
        let lines = event.json.utf8.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        let data = lines.map { "data: \(Substring($0))\n" }.joined()
        return "id: \(event.cursor)\n\(data)\n"
    }
}

/// Tells the log once that the database is away, for all streams that look at it.
final class Outage: Sendable {
    private let log: Log
    private let isKnown = Locked(false)

    init(_ log: Log) {
        self.log = log
    }

    func begins(_ error: DatabaseError) {
        let wasKnown = isKnown.withLock { isKnown in
            defer { isKnown = true }
            return isKnown
        }
        if !wasKnown { log(.error, "database", ["text": .text(error.description)]) }
    }

    func ends() { isKnown.withLock { $0 = false } }
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

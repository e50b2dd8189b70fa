/// The one way in for deliveries: what queued while the last commit ran goes in one transaction.
///
/// A commit that reaches the disk costs the same for one event as for hundreds. One task commits for
/// all, as long as somebody waits.
package final class EventIntake: Sendable {
    package struct Limits: Sendable {
        /// How many deliveries may wait or be under way, and their bytes.
        package var count = 1000
        package var bytes = 64 << 20
        /// How many may share a commit, and their bytes.
        package var groupCount = 256
        package var groupBytes = 8 << 20
        package init() {}
    }

    /// Told what became of a delivery; it is stored by then.
    package typealias Answer = @Sendable (EventStore.Outcome) -> Void

    private struct Waiting {
        let arrival: EventStore.Arrival
        let answer: Answer
    }

    private struct State {
        var waiting: [Waiting] = []
        var count = 0
        var bytes = 0
        var isServed = false
    }

    private enum Admission { case full, queued, first }

    package let store: EventStore
    private let limits: Limits
    private let state = Locked(State())
    private let listeners = ChangeListeners()

    package init(_ store: EventStore, limits: Limits = Limits()) {
        self.store = store
        self.limits = limits
    }

    /// Stores a delivery, durable when it returns.
    ///
    /// Throws ``MalformedDelivery``, ``IntakeFull`` or a ``DatabaseError``. It is not given up when
    /// the task is cancelled: what becomes of the commit is known soon.
    package func take(_ arrival: EventStore.Arrival) async throws -> Delivery {
        try await outcome(of: arrival).get()
    }

    /// What ``take(_:)`` returns or throws.
    package func outcome(of arrival: EventStore.Arrival) async -> EventStore.Outcome {
        await withCheckedContinuation { continuation in
            if !take(arrival, on: nil, answer: { continuation.resume(returning: $0) }) {
                continuation.resume(returning: .failure(IntakeFull()))
            }
        }
    }

    /// Queues a delivery, and answers once it is durable; false when it is full.
    ///
    /// The first that waits commits on `executor` for all that join it.
    package func take(
        _ arrival: EventStore.Arrival, on executor: (any TaskExecutor)?, answer: @escaping Answer
    ) -> Bool {
        switch admit(Waiting(arrival: arrival, answer: answer)) {
        case .full: return false
        case .queued: return true
        case .first:
            Task(executorPreference: executor) { [self] in await serve() }
            return true
        }
    }

    /// Says when something was stored here; a hint, like ``Database/changes()``.
    package func arrivals() -> AsyncStream<Void> { listeners.stream() }

    private func admit(_ delivery: Waiting) -> Admission {
        state.withLock { state in
            let bytes = state.bytes + delivery.arrival.byteCount
            guard state.count == 0 || state.count < limits.count && bytes <= limits.bytes else {
                return .full
            }
            state.waiting.append(delivery)
            state.count += 1
            state.bytes = bytes
            defer { state.isServed = true }
            return state.isServed ? .queued : .first
        }
    }

    /// Commits what waits, again and again until nothing does.
    private func serve() async {
        var group: [Waiting] = []
        repeat {
            await pause(after: group.count)
            await gather()
            group = nextGroup()
            let outcomes = await store.append(group.map(\.arrival))
            for (waiting, outcome) in zip(group, outcomes) { waiting.answer(outcome) }
            listeners.tell()
        } while goesOn(after: group)
    }

    /// Lets a crowd that was answered come again, to share a commit with those who came meanwhile:
    /// else the two would take turns for ever, each with half a commit.
    private func pause(after count: Int) async {
        let isCrowd = state.withLock { state in
            count > 0 && state.waiting.count < limits.groupCount
                && count + state.waiting.count >= Self.crowd
        }
        if isCrowd { try? await Task.sleep(for: Self.moment) }
    }

    private static let crowd = 16
    /// About what a commit takes.
    private static let moment = Duration.milliseconds(1)

    /// Gives the server turns for as long as each brings more that can join this commit.
    private func gather() async {
        var gathered = 0
        while true {
            let count = state.withLock { $0.waiting.count }
            guard count > gathered, count < limits.groupCount else { return }
            gathered = count
            await Task.yield()
        }
    }

    private func nextGroup() -> [Waiting] {
        state.withLock { state in
            var bytes = 0
            let group = state.waiting.prefix(limits.groupCount).prefix { waiting in
                defer { bytes += waiting.arrival.byteCount }
                return bytes == 0 || bytes + waiting.arrival.byteCount <= limits.groupBytes
            }
            state.waiting = Array(state.waiting.dropFirst(group.count))
            return Array(group)
        }
    }

    private func goesOn(after group: [Waiting]) -> Bool {
        state.withLock { state in
            state.count -= group.count
            state.bytes -= group.reduce(0) { $0 + $1.arrival.byteCount }
            state.isServed = !state.waiting.isEmpty
            return state.isServed
        }
    }
}

/// More deliveries wait than can be kept in memory; the provider is to come again.
package struct IntakeFull: Error, Equatable {}

/// The one way in for deliveries: what queued while the last commit ran goes in one transaction.
///
/// A commit that reaches the disk costs the same for one event as for hundreds. The first who waits
/// commits for all, so that nothing moves to another thread and back.
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

    /// What one who waits is told.
    private enum Turn {
        case settled(EventStore.Outcome)
        /// Its delivery is the first that waits: it is to commit those that do.
        case lead
    }

    private struct Waiting {
        let arrival: EventStore.Arrival
        /// Nil for one who leads.
        var answer: CheckedContinuation<Turn, Never>?
    }

    private struct State {
        var waiting: [Waiting] = []
        var count = 0
        var bytes = 0
        var isLed = false
    }

    private enum Admission { case full, queued, leading }

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
        let turn = await withCheckedContinuation { answer in
            switch admit(arrival, answer) {
            case .full: answer.resume(returning: .settled(.failure(IntakeFull())))
            case .queued: break
            case .leading: answer.resume(returning: .lead)
            }
        }
        switch turn {
        case .settled(let outcome): return try outcome.get()
        case .lead: return try await lead().get()
        }
    }

    /// Says when something was stored here; a hint, like ``Database/changes()``.
    package func arrivals() -> AsyncStream<Void> { listeners.stream() }

    private func admit(
        _ arrival: EventStore.Arrival, _ answer: CheckedContinuation<Turn, Never>
    ) -> Admission {
        state.withLock { state in
            let bytes = state.bytes + arrival.byteCount
            guard state.count == 0 || state.count < limits.count && bytes <= limits.bytes else {
                return .full
            }
            let leads = !state.isLed
            state.waiting.append(Waiting(arrival: arrival, answer: leads ? nil : answer))
            state.count += 1
            state.bytes = bytes
            state.isLed = true
            return leads ? .leading : .queued
        }
    }

    /// Commits what waits, this one's own delivery first, and hands on to who waits then.
    private func lead() async -> EventStore.Outcome {
        await gather()
        let group = nextGroup()
        let outcomes = await store.append(group.map(\.arrival))
        // The answered first: what they send next joins the next commit.
        for (waiting, outcome) in zip(group, outcomes) {
            waiting.answer?.resume(returning: .settled(outcome))
        }
        handOn(from: group)
        listeners.tell()
        return outcomes.first ?? .failure(IntakeFull())
    }

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

    private func handOn(from group: [Waiting]) {
        let next = state.withLock { state -> CheckedContinuation<Turn, Never>? in
            state.count -= group.count
            state.bytes -= group.reduce(0) { $0 + $1.arrival.byteCount }
            state.isLed = !state.waiting.isEmpty
            guard state.isLed else { return nil }
            defer { state.waiting[0].answer = nil }
            return state.waiting[0].answer
        }
        next?.resume(returning: .lead)
    }
}

/// More deliveries wait than can be kept in memory; the provider is to come again.
package struct IntakeFull: Error, Equatable {}

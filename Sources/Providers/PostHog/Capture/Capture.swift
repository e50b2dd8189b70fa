public import Engine

/// Sends events to PostHog with the project's public key
/// (<https://posthog.com/docs/api/capture>).
///
/// Events wait in memory, go in batches, and are sent again with the same ids when PostHog fails, so
/// that none counts twice. The key is `POSTHOG_API_KEY`, else the one that provisioning stored;
/// without either nothing is sent and nobody is told. Make one for as long as a process runs, and
/// end it with ``shutdown(within:)``.
public actor Capture {
    private let access: ProviderAccess
    private let limits: CaptureLimits
    private var queue: [QueuedEvent] = []
    private var queuedBytes = 0
    private var underWay = 0
    private var numbers = CaptureCounts()
    private var sending: Task<Void, Never>?
    private var timer: Task<Void, Never>?
    private var isClosed = false

    /// Sends with whatever key is in force at each batch.
    public init(_ access: ProviderAccess, limits: CaptureLimits = CaptureLimits()) {
        self.access = access
        self.limits = limits
    }

    /// Takes an event, which is sent with others within ``CaptureLimits/interval``.
    ///
    /// Its time is now unless told otherwise. An empty name or distinct id, which PostHog would
    /// refuse the whole batch for, is dropped.
    public func capture(
        _ event: String, distinctID: String, properties: [String: JSONValue] = [:],
        at time: Date = Date()
    ) {
        let queued = QueuedEvent(event, distinctID: distinctID, properties: properties, at: time)
        guard !isClosed, !event.isEmpty, !distinctID.isEmpty,
            queued.json.count <= limits.eventBytes, queue.count + underWay < limits.queue,
            queuedBytes + queued.json.count <= limits.queueBytes
        else {
            numbers.dropped += 1
            return
        }
        queue.append(queued)
        queuedBytes += queued.json.count
        if queue.count >= limits.batch { startSending() } else { startTimer() }
    }

    /// Changes a person's properties: sets some, sets some that are not set yet, removes some
    /// (<https://posthog.com/docs/product-analytics/person-properties>).
    public func set(
        _ properties: [String: JSONValue] = [:], once: [String: JSONValue] = [:],
        unset: [String] = [], of distinctID: String
    ) {
        var members: [String: JSONValue] = [:]
        if !properties.isEmpty { members["$set"] = .object(properties) }
        if !once.isEmpty { members["$set_once"] = .object(once) }
        if !unset.isEmpty { members["$unset"] = .array(unset.map { .string($0) }) }
        if !members.isEmpty { capture("$set", distinctID: distinctID, properties: members) }
    }

    /// What became of the events so far.
    public var counts: CaptureCounts {
        var counts = numbers
        counts.waiting = queue.count + underWay
        return counts
    }

    /// Sends what waits and comes back when each event was taken or given up.
    public func flush() async {
        startSending()
        await sending?.value
    }

    /// Takes no more events, sends what waits, and gives up what is not taken by the deadline.
    ///
    /// Answers what became of all events; `waiting` is then 0.
    @discardableResult
    public func shutdown(within limit: Duration = .seconds(10)) async -> CaptureCounts {
        isClosed = true
        startSending()
        if let sending, await Deadline.value(of: sending, within: limit) == nil {
            sending.cancel()
            await sending.value
        }
        return counts
    }

    // MARK: Sending

    private func startTimer() {
        guard timer == nil, sending == nil else { return }
        timer = Task {
            try? await Task.sleep(for: limits.interval)
            if !Task.isCancelled { self.startSending() }
        }
    }

    private func startSending() {
        timer?.cancel()
        timer = nil
        guard sending == nil, !queue.isEmpty else { return }
        sending = Task { await self.sendAll() }
    }

    private func sendAll() async {
        while !queue.isEmpty {
            let batch = nextBatch()
            underWay = batch.events.count
            guard let target = await CaptureTarget.find(access) else {
                numbers.keyless += underWay
                underWay = 0
                continue
            }
            await send(batch, to: target)
            underWay = 0
        }
        sending = nil
    }

    private func nextBatch() -> CapturedBatch {
        var (count, bytes) = (0, 0)
        for event in queue.prefix(limits.batch) {
            guard count == 0 || bytes + event.json.count <= limits.batchBytes else { break }
            count += 1
            bytes += event.json.count
        }
        let batch = CapturedBatch(events: Array(queue.prefix(count)))
        queue.removeFirst(count)
        queuedBytes -= bytes
        return batch
    }

    private func send(_ batch: CapturedBatch, to target: CaptureTarget) async {
        for attempt in 1...max(limits.attempts, 1) {
            if Task.isCancelled { break }
            let outcome = await batch.send(
                to: target, with: access.client, timeout: limits.timeout)
            switch outcome {
            case .taken:
                numbers.sent += batch.events.count
                return
            case .tooLarge:
                guard let (first, second) = batch.halves else { break }
                await send(first, to: target)
                return await send(second, to: target)
            case .refused: break
            case .failed(let retryAfter):
                if attempt < limits.attempts { await rest(attempt, retryAfter) }
                continue
            }
            break
        }
        numbers.failed += batch.events.count
    }

    /// What the service says, else with jitter below a ceiling that doubles.
    private func rest(_ attempt: Int, _ retryAfter: Duration?) async {
        let ceiling = min(limits.firstPause * (1 << min(attempt - 1, 16)), limits.longestPause)
        let pause =
            retryAfter.map { min($0, limits.longestPause) } ?? ceiling * Double.random(in: 0.5...1)
        try? await Task.sleep(for: pause)
    }
}

/// Has a service deliver a test event, and waits for it to come back.
///
/// The arrival alone is proof. What the service says tells where an event was lost that did not
/// arrive.
struct LoopProof: Sendable {
    /// What all runs of an instance share.
    struct Means: Sendable {
        let tests: TestEvents
        let refused: RefusedDeliveries
        /// After it an event counts as lost.
        var patience = Duration.seconds(10)
        /// How long the arrival and the service's answer are apart at most.
        var grace = Duration.seconds(1)
        /// How often the database is asked when no hint comes.
        var pause = Duration.milliseconds(200)
    }

    let provider: any Provider
    let context: ProvisionContext
    let means: Means

    func run() async throws -> LoopReply {
        let send: TestSending?
        do throws(ProvisionError) {
            send = try await provider.trial(context)
        } catch {
            return .lost(
                LoopLoss(
                    .service, error.description, hint: error.hint(for: provider.authentication)))
        }
        guard let send else { return .skipped(.notSupported) }
        return try await run(send)
    }

    /// Never leaves the event's row behind, but for a process that ends meanwhile.
    private func run(_ send: @escaping TestSending) async throws -> LoopReply {
        let event = try await means.tests.begin(provider.id)
        do {
            let finding = try await find(event, send)
            try await means.tests.end(event.id, of: provider.id)
            return finding.reply(provider: provider.name, address: context.webhookURL) {
                $0.hint(for: provider.authentication)
            }
        } catch {
            try? await means.tests.end(event.id, of: provider.id)
            throw error
        }
    }

    // MARK: Waiting

    private func find(
        _ event: TestEvent, _ send: @escaping TestSending
    ) async throws -> LoopFinding {
        let refusedBefore = means.refused.count(of: provider.id)
        let answer = Locked<Answer?>(nil)
        let start = ContinuousClock.now
        var finding = LoopFinding(patience: means.patience)
        try await following { hint in
            let said = await Self.result(of: send, event)
            answer.withLock { $0 = Answer(said: said, at: start.duration(to: .now)) }
            hint()
        } look: {
            // First what the service says: whatever arrived before it said so is then seen.
            let answer = answer.withLock { $0 }
            finding.answer = answer?.said
            if try await means.tests.hasArrived(event.id, of: provider.id) {
                finding.arrival = finding.arrival ?? start.duration(to: .now)
            }
            return !isOver(finding, answer?.at, start.duration(to: .now))
        }
        finding.refusals = means.refused.count(of: provider.id) - refusedBefore
        return finding
    }

    private struct Answer {
        let said: Result<TestDelivery, ProvisionError>
        let at: Duration
    }

    private static func result(
        of send: TestSending, _ event: TestEvent
    ) async -> Result<TestDelivery, ProvisionError> {
        do throws(ProvisionError) {
            return .success(try await send(event))
        } catch {
            return .failure(error)
        }
    }

    private func isOver(_ finding: LoopFinding, _ answered: Duration?, _ now: Duration) -> Bool {
        if now >= means.patience { return true }
        guard let answered else { return finding.arrival.map { now - $0 >= means.grace } ?? false }
        if finding.arrival != nil { return true }
        switch finding.answer {
        case .success(.sent): return false
        case .success(.answered(status: 200..<300)): return now - answered >= means.grace
        default: return true
        }
    }

    /// Asks once and looks at once, after each hint, and now and then, until `look` says false.
    private func following(
        asking: @escaping @Sendable (_ hint: @Sendable () -> Void) async -> Void,
        look: () async throws -> Bool
    ) async throws {
        let (hints, hint) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let changes = await means.tests.changes()
        let pause = means.pause
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await asking { hint.yield() } }
            group.addTask { for await _ in changes { hint.yield() } }
            group.addTask {
                while !Task.isCancelled {
                    hint.yield()
                    try? await Task.sleep(for: pause)
                }
            }
            for await _ in hints where try await !look() { break }
            group.cancelAll()
        }
    }
}

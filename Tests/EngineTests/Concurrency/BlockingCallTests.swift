import Engine
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Blocking calls")
struct BlockingCallTests {
    /// Each waits for all the others, as transfers wait for slow servers.
    ///
    /// Dispatch has 255 threads.
    @Test func `four hundred block at once`() async {
        let arrived = Locked(0)
        let together = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<400 {
                group.addTask { await BlockingCall.run { meet(400, arrived) } }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(together)
    }

    @Test func `an executor runs its actor's calls one after another`() async {
        let counter = Counter()
        await withTaskGroup { group in
            for _ in 0..<50 { group.addTask { await counter.add() } }
        }
        #expect(await counter.most == 1)
        #expect(await counter.total == 50)
    }
}

private func meet(_ number: Int, _ arrived: Locked<Int>) -> Bool {
    arrived.withLock { $0 += 1 }
    for _ in 0..<500 {
        if arrived.withLock({ $0 }) == number { return true }
        usleep(10_000)
    }
    return false
}

private actor Counter {
    private let executor = BlockingExecutor(label: "counter")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private(set) var most = 0
    private(set) var total = 0
    private let inside = Locked(0)

    func add() {
        let now = inside.withLock { inside in
            inside += 1
            return inside
        }
        most = max(most, now)
        usleep(100)
        total += 1
        inside.withLock { $0 -= 1 }
    }
}

import Engine
import Testing

@Suite("Promise")
struct PromiseTests {
    @Test func `the first settlement stays`() async {
        let promise = Promise<Int>()
        #expect(promise.settle(1))
        #expect(!promise.settle(2))
        #expect(await promise.value == 1)
    }

    @Test func `one of many racing settlements wins and all waiters see it`() async {
        let promise = Promise<Int>()
        let waiters = (0..<100).map { _ in Task { await promise.value } }
        let winners = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<100 { group.addTask { promise.settle(number) ? number : nil } }
            return await group.reduce(into: [Int]()) { winners, winner in
                winners += winner.map { [$0] } ?? []
            }
        }
        #expect(winners.count == 1)
        for waiter in waiters { #expect(await waiter.value == winners.first) }
    }

    @Test func `a value that does not come in time is nil`() async {
        let promise = Promise<Int>()
        #expect(await promise.value(within: .milliseconds(20)) == nil)
        promise.settle(3)
        #expect(await promise.value(within: .milliseconds(20)) == 3)
    }

    @Test func `a value that comes in time ends the wait`() async {
        let promise = Promise<Int>()
        let waiter = Task { await promise.value(within: .seconds(60)) }
        promise.settle(4)
        #expect(await waiter.value == 4)
    }

    @Test func `cancelling the task ends its wait alone`() async {
        let promise = Promise<Int>()
        let waiter = Task { await promise.value(within: .seconds(60)) }
        waiter.cancel()
        #expect(await waiter.value == nil)
        #expect(promise.settle(5))
    }

    @Test func `a wait that ended holds nothing`() async {
        weak var promise: Promise<Int>?
        do {
            let strong = Promise<Int>()
            promise = strong
            #expect(await strong.value(within: .milliseconds(1)) == nil)
        }
        for _ in 0..<100 where promise != nil { try? await Task.sleep(for: .milliseconds(10)) }
        #expect(promise == nil)
    }
}

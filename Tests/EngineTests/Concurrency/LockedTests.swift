import Engine
import Testing

@Suite("Locked value")
struct LockedTests {
    @Test func `no addition is lost`() async {
        let number = Locked(0)
        await withTaskGroup { group in
            for _ in 0..<100 {
                group.addTask { for _ in 0..<100 { number.withLock { $0 += 1 } } }
            }
        }
        #expect(number.withLock { $0 } == 10_000)
    }

    @Test func `a thrown error opens the lock`() {
        let number = Locked(1)
        #expect(throws: CancellationError.self) {
            try number.withLock { number in
                number = 2
                throw CancellationError()
            }
        }
        #expect(number.withLock { $0 } == 2)
    }
}

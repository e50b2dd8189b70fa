/// Answers to requests that counters took, until the daemon's next turn.
final class CounterAnswers: Sendable {
    private let waiting = Locked<[(exchange: MicroHTTPExchange, response: HTTPResponse)]>([])
    private let pipe: WakePipe

    init(_ pipe: WakePipe) {
        self.pipe = pipe
    }

    /// The first wakes the daemon for all that follow it.
    func add(_ response: HTTPResponse, to exchange: MicroHTTPExchange) {
        let isFirst = waiting.withLock { waiting in
            waiting.append((exchange, response))
            return waiting.count == 1
        }
        if isFirst { pipe.wake() }
    }

    /// What came since the last turn.
    func taken() -> [(exchange: MicroHTTPExchange, response: HTTPResponse)] {
        waiting.withLock { waiting in
            if waiting.isEmpty { return [] }
            let taken = waiting
            waiting = []
            waiting.reserveCapacity(taken.count)
            return taken
        }
    }
}

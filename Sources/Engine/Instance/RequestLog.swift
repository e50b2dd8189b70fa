/// One line a request; the route's pattern, since a path may hold anything.
enum RequestLog {
    static func logged(_ router: Router, _ log: Log) -> RequestHandler {
        { request in
            let start = ContinuousClock.now
            let (response, pattern) = await router.answer(to: request)
            log(
                level(response.status), "request",
                [
                    "method": .text(request.method), "route": .text(pattern ?? "none"),
                    "status": .integer(response.status), "bytes": .integer(request.body.count),
                    "milliseconds": .number(Double(start.microseconds) / 1000),
                ])
            return response
        }
    }

    /// The same of what counters answered.
    static func note(_ records: [CounterRecord], in log: Log) {
        var rest = records[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.isAlike(first) }
            log.together(
                level(first.status), "request",
                [
                    "method": .text(first.method), "route": .text(first.route),
                    "status": .integer(first.status),
                ],
                alike.map { record in
                    [
                        "bytes": .integer(record.bodyBytes),
                        "milliseconds": .number(Double(record.since.microseconds) / 1000),
                    ]
                })
            rest = rest[alike.endIndex...]
        }
    }

    private static func level(_ status: Int) -> Log.Level { status >= 500 ? .error : .info }
}

extension CounterRecord {
    fileprivate func isAlike(_ other: CounterRecord) -> Bool {
        status == other.status && route == other.route && method == other.method
    }
}

extension ContinuousClock.Instant {
    fileprivate var microseconds: Int64 {
        let elapsed = duration(to: .now).components
        return elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
    }
}

/// One line a request; the route's pattern, since a path may hold anything.
enum RequestLog {
    static func logged(_ router: Router, _ log: Log) -> RequestHandler {
        { request in
            let start = ContinuousClock.now
            let (response, pattern) = await router.answer(to: request)
            log(
                level(response.status), "request",
                fields(
                    request.method, pattern ?? "none", response.status, request.body.count,
                    Double(start.microseconds) / 1000))
            return response
        }
    }

    /// The same of what counters answered: their targets are ours.
    static func note(_ records: [CounterRecord], in log: Log) {
        log.together(
            "request",
            records.map { record in
                (
                    level(record.status),
                    fields(
                        record.method, record.route, record.status, record.bodyBytes,
                        Double(record.since.microseconds) / 1000)
                )
            })
    }

    private static func level(_ status: Int) -> Log.Level { status >= 500 ? .error : .info }

    private static func fields(
        _ method: String, _ route: String, _ status: Int, _ bytes: Int, _ milliseconds: Double
    ) -> KeyValuePairs<String, Log.Value> {
        [
            "method": .text(method), "route": .text(route), "status": .integer(status),
            "bytes": .integer(bytes), "milliseconds": .number(milliseconds),
        ]
    }
}

extension ContinuousClock.Instant {
    fileprivate var microseconds: Int64 {
        let elapsed = duration(to: .now).components
        return elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
    }
}

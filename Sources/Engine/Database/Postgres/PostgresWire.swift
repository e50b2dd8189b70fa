import CPostgres

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The raw connection: bytes out, results in; on one thread at a time, which it blocks.
final class PostgresWire {
    private let handle: OpaquePointer
    private let address: PostgresAddress

    init(_ address: PostgresAddress) throws(DatabaseError) {
        guard let handle = address.connect() else { throw .unavailable(reason: "out of memory") }
        self.handle = handle
        self.address = address
        // Never blocking on its own account: waits have a deadline here, and none in libpq.
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0,
            PQenterPipelineMode(handle) == 1
        else { throw .unavailable(reason: address.scrubbed(PQerrorMessage(handle))) }
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    // MARK: Out

    func prepare(_ sql: String, as name: String) throws(PostgresFailure) {
        try check(PQsendPrepare(handle, name, sql, 0, nil))
    }

    func execute(_ name: String, _ values: [SQLValue]) throws(PostgresFailure) {
        let parameters = PostgresParameters(values)
        let sent = parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(
                handle, name, Int32(parameters.count), values, lengths, formats, 0)
        }
        try check(sent)
    }

    func endPipeline() throws(PostgresFailure) {
        try check(PQpipelineSync(handle))
    }

    // MARK: In

    /// The next result, which the caller clears; nil at the end of those of one statement.
    func next(within limit: Duration?) throws(PostgresFailure) -> OpaquePointer? {
        let deadline = limit.map { ContinuousClock.now + $0 }
        while PQisBusy(handle) == 1 {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw lost }
            try wait(for: POLLIN | (unsent > 0 ? POLLOUT : 0), until: deadline)
            try check(PQconsumeInput(handle))
        }
        let result = PQgetResult(handle)
        if result == nil, PQstatus(handle) != CONNECTION_OK { throw lost }
        return result
    }

    private func wait(
        for events: Int32, until deadline: ContinuousClock.Instant?
    ) throws(PostgresFailure) {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        let left = deadline.map { max(0, ($0 - .now).milliseconds) }
        let ready = poll(&descriptor, 1, left.map { Int32(clamping: $0) } ?? -1)
        guard ready != 0 else { throw .lost(.unavailable(reason: "it does not answer")) }
    }

    /// Whether the server has not hung up since the last statement; asks nobody.
    var isUsable: Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        while PQstatus(handle) == CONNECTION_OK, poll(&descriptor, 1, 0) > 0 {
            guard PQconsumeInput(handle) == 1 else { return false }
        }
        return PQstatus(handle) == CONNECTION_OK
    }

    /// Waits for a notification, or until `other` can be read; false when the connection is gone.
    func waitForNotification(or other: Int32) -> Bool {
        var descriptors = [PQsocket(handle), other].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        poll(&descriptors, nfds_t(descriptors.count), -1)
        guard descriptors[0].revents != 0 else { return true }
        guard PQconsumeInput(handle) == 1 else { return false }
        while let notification = PQnotifies(handle) { PQfreemem(notification) }
        return PQstatus(handle) == CONNECTION_OK
    }

    private var lost: PostgresFailure {
        .lost(.unavailable(reason: address.scrubbed(PQerrorMessage(handle))))
    }

    private func check(_ succeeded: Int32) throws(PostgresFailure) {
        if succeeded == 0 { throw lost }
    }
}
